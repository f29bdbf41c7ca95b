using System.Globalization;
using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Conformance.Load;

/// <summary>Batches of records that say who wrote them and which they are.</summary>
internal static class NumberedBatch
{
    // Batches large enough that the broker is at work on some of them whenever it is killed.
    private const int RecordsMax = 100;
    private const int PaddingMax = 500;

    private static readonly string Padding = Convert.ToBase64String(SeededText.Noise(seed: 5, PaddingMax));

    /// <summary>A batch of a random size and codec.</summary>
    /// <param name="name">Who writes it.</param>
    /// <param name="first">The number of its first record.</param>
    /// <param name="random">Where the chance comes from.</param>
    /// <param name="options">What else the batch has to say of itself; the codec is chosen here.</param>
    /// <param name="count">How many records it has.</param>
    public static byte[] Build(string name, int first, Random random, RecordBatchOptions options, out int count)
    {
        count = random.Next(1, RecordsMax + 1);
        using var builder = new RecordBatchBuilder(options with { Codec = (CompressionCodec)random.Next(5) });
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var index = 0; index < count; index++)
        {
            builder.Append(now, NullableBytes.Null, Encoding.UTF8.GetBytes($"{name}:{first + index}:{Padding[..random.Next(PaddingMax)]}"));
        }

        return builder.Build().ToArray();
    }

    /// <summary>Which producer wrote a record, and its number.</summary>
    public static (string Name, int Number) Identify(string value)
    {
        var fields = value.Split(':');
        return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
    }
}
