using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Compaction;

/// <summary>Batches of a compacted topic.</summary>
internal static class KeyedBatches
{
    private static readonly RecordHeader[] Headers = [new("trace"u8.ToArray(), "1"u8.ToArray())];

    public static CompressionCodec[] Codecs { get; } = [.. Enum.GetValues<CompressionCodec>().Where(Compressor.IsAvailable)];

    /// <summary>Records with even offsets in the batch carry a header.</summary>
    public static byte[] Of(RecordBatchOptions options, long timestamp, params ReadOnlySpan<KeyedRecord> records)
    {
        using var builder = new RecordBatchBuilder(options);
        for (var index = 0; index < records.Length; index++)
        {
            builder.Append(timestamp + index, Bytes(records[index].Key), Bytes(records[index].Value), index % 2 == 0 ? Headers : []);
        }

        return builder.Build().ToArray();
    }

    /// <summary>A message set of magic 0 or 1.</summary>
    public static byte[] Legacy(
        byte magic, CompressionCodec codec, long firstOffset, long timestamp, params ReadOnlySpan<KeyedRecord> records)
    {
        using var builder = new LegacyMessageSetBuilder();
        using var set = new PooledBuffer();
        builder.Begin(set, magic, codec);
        for (var index = 0; index < records.Length; index++)
        {
            builder.Append(firstOffset + index, timestamp + index, Bytes(records[index].Key), Bytes(records[index].Value));
        }

        builder.Complete();
        return set.Span.ToArray();
    }

    private static NullableBytes Bytes(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);
}
