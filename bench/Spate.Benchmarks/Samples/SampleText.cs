using System.Text;

namespace Spate.Benchmarks.Samples;

/// <summary>
/// Text that compresses about as well as logs and JSON do: made-up words, a few of them frequent and most of them rare. The same in
/// every run.
/// </summary>
internal static class SampleText
{
    private const int Seed = 20_261_123;
    private const int VocabularySize = 2048;
    private const int ShortestWord = 2;
    private const int LongestWord = 10;

    public static byte[] Create(int bytes)
    {
        var random = new Random(Seed);
        var vocabulary = new string[VocabularySize];
        for (var index = 0; index < vocabulary.Length; index++)
        {
            vocabulary[index] = random.GetString("abcdefghijklmnopqrstuvwxyz", random.Next(ShortestWord, LongestWord + 1));
        }

        var text = new StringBuilder(bytes + LongestWord + 1);
        while (text.Length < bytes)
        {
            // The cube of an even chance makes the first words of the vocabulary the frequent ones.
            var chance = random.NextDouble();
            text.Append(vocabulary[(int)(VocabularySize * chance * chance * chance)]).Append(' ');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }
}
