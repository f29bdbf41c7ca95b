using System.Text;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// What the values of records are made of: a text of invented words, a few of them frequent and most of them rare, which compresses as a log or a document does, neither to nothing nor
/// hardly at all. The same seed gives the same text. Immutable.
/// </summary>
internal sealed class SampleText
{
    private const int BytesMin = 1 << 20;
    private const int Words = 2048;
    private const int WordBytesMin = 3;
    private const int WordBytesMax = 10;
    private const int NumberMax = 100_000;

    /// <summary>One word of so many is a number, as in a log.</summary>
    private const int WordsPerNumber = 8;

    private readonly byte[] _text;

    /// <param name="seed">What it is made from.</param>
    /// <param name="valueBytes">The longest stretch that will be asked for.</param>
    public SampleText(int seed, int valueBytes)
    {
        var random = new Random(seed);
        var words = Enumerable.Range(0, Words).Select(_ => Word(random)).ToArray();
        _text = new byte[Math.Max(BytesMin, 2 * valueBytes)];
        for (var at = 0; at < _text.Length;)
        {
            // The product of two makes low numbers, and with them some words, more frequent than others.
            var word = random.Next(WordsPerNumber) == 0
                ? Encoding.ASCII.GetBytes($"{random.Next(NumberMax)} ")
                : words[(int)(random.NextDouble() * random.NextDouble() * Words)];
            var length = Math.Min(word.Length, _text.Length - at);
            word.AsSpan(0, length).CopyTo(_text.AsSpan(at));
            at += length;
        }
    }

    /// <summary>A stretch of it.</summary>
    /// <param name="position">Where it begins, which is taken round.</param>
    /// <param name="bytes">How long it is.</param>
    public ReadOnlyMemory<byte> Stretch(long position, int bytes) => _text.AsMemory((int)(position % (_text.Length - bytes + 1)), bytes);

    private static byte[] Word(Random random)
    {
        var word = new byte[random.Next(WordBytesMin, WordBytesMax + 1) + 1];
        for (var letter = 0; letter < word.Length - 1; letter++)
        {
            word[letter] = (byte)random.Next('a', 'z' + 1);
        }

        word[^1] = (byte)' ';
        return word;
    }
}
