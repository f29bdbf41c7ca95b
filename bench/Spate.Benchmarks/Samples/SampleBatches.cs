using Spate.Protocol.Records;

namespace Spate.Benchmarks.Samples;

/// <summary>Record batches as a plain producer sends them: not compressed, without keys and headers, the same in every run.</summary>
internal static class SampleBatches
{
    private const int Seed = 20_261_123;
    private const long FirstTimestamp = 1_790_000_000_000;

    /// <summary>A batch of as many records as fit.</summary>
    /// <param name="batchBytes">The most bytes of the batch, header included.</param>
    /// <param name="valueBytes">Bytes of each record's value.</param>
    public static byte[] Create(int batchBytes, int valueBytes)
    {
        var random = new Random(Seed);
        var value = new byte[valueBytes];
        using var builder = new RecordBatchBuilder();
        while (builder.Size + RecordBatchBuilder.SizeBound(default, value) <= batchBytes)
        {
            random.NextBytes(value);
            builder.Append(FirstTimestamp + builder.RecordCount, default, value);
        }

        return builder.Build().ToArray();
    }
}
