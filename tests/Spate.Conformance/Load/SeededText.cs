using System.Text;

namespace Spate.Conformance.Load;

/// <summary>Text and bytes that look like work and are the same in every run.</summary>
internal static class SeededText
{
    private static readonly string[] Words =
    [
        "water", "river", "über", "delta", "flood", "gauge", "spring", "канал", "weir", "sluice", "ebb", "水", "reach", "brook", "spate", "meander",
    ];

    /// <summary>Lines of words and numbers, none of them empty, of about so many bytes in all.</summary>
    public static IReadOnlyList<string> Lines(int seed, int bytes)
    {
        var random = new Random(seed);
        var lines = new List<string>();
        var written = 0;
        var line = new StringBuilder();
        while (written < bytes)
        {
            line.Clear().Append(lines.Count);
            for (var words = random.Next(1, 20); words > 0; words--)
            {
                line.Append(' ').Append(Words[random.Next(Words.Length)]);
            }

            lines.Add(line.ToString());
            written += Encoding.UTF8.GetByteCount(lines[^1]) + 1;
        }

        return lines;
    }

    /// <summary>Bytes that no codec makes smaller.</summary>
    public static byte[] Noise(int seed, int count)
    {
        var noise = new byte[count];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
