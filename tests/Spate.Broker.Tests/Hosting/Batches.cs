using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Hosting;

/// <summary>Records as producers of all times send them.</summary>
internal static class Batches
{
    public static byte[] Of(params ReadOnlySpan<string> values) => With(RecordBatchOptions.Default, TestBroker.StartMs, values);

    public static byte[] At(long timestamp, params ReadOnlySpan<string> values) => With(RecordBatchOptions.Default, timestamp, values);

    public static byte[] Compressed(CompressionCodec codec, params ReadOnlySpan<string> values) =>
        With(new RecordBatchOptions { Codec = codec }, TestBroker.StartMs, values);

    public static byte[] With(RecordBatchOptions options, long timestamp, params ReadOnlySpan<string> values)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (var value in values)
        {
            builder.Append(timestamp, "k"u8, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    /// <summary>Messages of magic 0 or 1, as clients before Kafka 0.11 sent them.</summary>
    public static byte[] Legacy(byte magic, params ReadOnlySpan<string> values)
    {
        using var bytes = new PooledBuffer();
        using var builder = new LegacyMessageSetBuilder();
        builder.Begin(bytes, magic, CompressionCodec.None);
        for (var index = 0; index < values.Length; index++)
        {
            builder.Append(index, TestBroker.StartMs, "k"u8, Encoding.UTF8.GetBytes(values[index]));
        }

        builder.Complete();
        return bytes.Span.ToArray();
    }

    /// <summary>What a client of the version sends: the format of its time.</summary>
    public static byte[] ForProduce(short version, params ReadOnlySpan<string> values) => version switch
    {
        < 2 => Legacy(0, values),
        2 => Legacy(1, values),
        _ => Of(values),
    };

    /// <summary>The values of what was fetched, in any format; a batch that was cut short at the end is left out.</summary>
    public static List<string> Values(ReadOnlyMemory<byte> records) =>
        [.. OwnedRecord.ReadAll(records.Span, 64 << 20).Select(record => Encoding.UTF8.GetString(record.Value!))];

    public static byte[] Join(params ReadOnlySpan<byte[]> batches)
    {
        using var joined = new MemoryStream();
        foreach (var batch in batches)
        {
            joined.Write(batch);
        }

        return joined.ToArray();
    }
}
