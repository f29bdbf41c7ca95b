using System.Buffers.Binary;
using System.Text;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Serialization;
using Spate.Protocol.Checksums;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Consuming;

public sealed class ChunkReaderTests
{
    [Fact]
    public void ReadBatch_ReadCommitted_LeavesOutAbortedTransactionsAndMarkers()
    {
        var bytes = Join(
            Batch(0, 7, "aborted 0", "aborted 1"),
            Batch(2, 8, "committed 2"),
            Batch(3, -1, "plain 3"),
            Marker(4, 7, ControlRecordType.Abort),
            Marker(5, 8, ControlRecordType.Commit),
            Batch(6, 7, "committed 6"));

        Assert.Equal(["committed 2", "plain 3", "committed 6"], Values(bytes, IsolationLevel.ReadCommitted, (7, 0)));
        Assert.Equal(["aborted 0", "aborted 1", "committed 2", "plain 3", "committed 6"], Values(bytes, IsolationLevel.ReadUncommitted));
    }

    [Fact]
    public void ReadBatch_TransactionsOfOneProducerOneAfterTheOther_TellsThemApart()
    {
        var bytes = Join(
            Batch(0, 7, "aborted 0"),
            Marker(1, 7, ControlRecordType.Abort),
            Batch(2, 7, "committed 2"),
            Marker(3, 7, ControlRecordType.Commit),
            Batch(4, 7, "aborted 4"),
            Marker(5, 7, ControlRecordType.Abort));

        Assert.Equal(["committed 2"], Values(bytes, IsolationLevel.ReadCommitted, (7, 4), (7, 0)));
    }

    [Fact]
    public void ReadBatch_OffsetWithinABatch_BeginsThere()
    {
        Assert.Equal(["c", "d"], Values(Join(Batch(10, -1, "a", "b", "c"), Batch(13, -1, "d")), IsolationLevel.ReadUncommitted, offset: 12));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ReadBatch_OlderFormats_AreRead(byte magic)
    {
        using var builder = new LegacyMessageSetBuilder();
        using var set = new PooledBuffer();
        builder.Begin(set, magic, CompressionCodec.Gzip);
        builder.Append(4, 1_000, "k"u8.ToArray(), "old"u8.ToArray());
        builder.Append(5, 1_001, "k"u8.ToArray(), "older"u8.ToArray());
        builder.Complete();
        Assert.Equal(["older"], Values(set.Span.ToArray(), IsolationLevel.ReadCommitted, offset: 5));
        Assert.Equal(6, FetchedBatches.NextOffset(set.Span, 4, out _));
    }

    [Fact]
    public void ReadBatch_LastBatchCutOff_IsLeftForTheNextFetch()
    {
        var whole = Batch(0, -1, "a");
        var cut = Batch(1, -1, "b")[..^1];
        Assert.Equal(["a"], Values(Join(whole, cut), IsolationLevel.ReadUncommitted));
        Assert.Equal(1, FetchedBatches.NextOffset(Join(whole, cut), 0, out _));
    }

    [Fact]
    public void ReadBatch_FlippedBit_IsRefusedWithThePosition()
    {
        var bytes = Join(Batch(0, -1, "a"), Batch(1, -1, "b"));
        bytes[^1] ^= 1;
        var failure = Assert.Throws<KafkaException>(() => Values(bytes, IsolationLevel.ReadUncommitted));
        Assert.Equal((ErrorCode.CorruptMessage, new Spate.Protocol.TopicPartition("t", 3)), (failure.ErrorCode, failure.Partition!.Value));
        Assert.Contains("t-3 at offset", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadBatch_BatchBeyondTheBound_IsRefused()
    {
        var bytes = Batch(0, -1, new string('x', 5000));
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Gzip });
        builder.Append(0, NullableBytes.Null, new byte[5000]);
        Assert.Throws<KafkaException>(() => Values(builder.Build().ToArray(), IsolationLevel.ReadUncommitted, bytesMax: 1024));
        Assert.Single(Values(bytes, IsolationLevel.ReadUncommitted));
    }

    [Fact]
    public void ReadBatch_MoreRecordsAnnouncedThanThereAre_IsRefusedBeforeItCostsMemory()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Gzip });
        builder.Append(0, NullableBytes.Null, "a"u8);
        var bytes = builder.Build().ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatchLayout.LastOffsetDelta), int.MaxValue - 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatchLayout.RecordCount), int.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(RecordBatchLayout.Crc), Crc32C.Compute(bytes.AsSpan(RecordBatchLayout.Attributes)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<KafkaException>(() => Values(bytes, IsolationLevel.ReadUncommitted));

        Assert.Equal(ErrorCode.CorruptMessage, failure.ErrorCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void ReadBatch_OfWhichAllIsLent_AllocatesNothingForARecord()
    {
        var batches = Enumerable.Range(0, 5).Select(static number => Batch(number * 1_000, -1, [.. Enumerable.Repeat("value", 1_000)]));
        var frame = new FetchedFrame(new Reply<FetchResponse>(new FetchResponse(), 4, null));
        using var reader = new ChunkReader<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(Serializers.Default, new ConsumerOptions());
        reader.Open(new FetchedChunk(new PartitionCursor(new("t", 3), null), 0, 0, Join([.. batches]), [], frame));
        Assert.True(reader.ReadBatch());
        reader.TakeRecords();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = 0;
        while (reader.ReadBatch())
        {
            read += reader.TakeRecords().Count;
        }

        Assert.Equal(4_000, read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 256);
    }

    private static List<string?> Values(byte[] bytes, IsolationLevel isolation, params (long ProducerId, long FirstOffset)[] aborted) => Values(bytes, isolation, 0, 1 << 20, aborted);

    private static List<string?> Values(
        byte[] bytes, IsolationLevel isolation, long offset = 0, int bytesMax = 1 << 20, params (long ProducerId, long FirstOffset)[] aborted)
    {
        var frame = new FetchedFrame(new Reply<FetchResponse>(new FetchResponse(), 4, null));
        var transactions = aborted.Select(one => new FetchResponse.AbortedTransaction { ProducerId = one.ProducerId, FirstOffset = one.FirstOffset }).ToList();
        var options = new ConsumerOptions { IsolationLevel = isolation, BatchBytesMax = bytesMax };
        var lent = Read<ReadOnlyMemory<byte>>(Chunk(), options);
        var made = Read<string>(Chunk(), options);
        Assert.Equal(made.Select(static record => (record.Offset, record.TimestampMs, record.Value)), lent.Select(static record => (record.Offset, record.TimestampMs, record.Value)));
        return [.. made.Select(static record => record.Value)];

        FetchedChunk Chunk() => new(new PartitionCursor(new("t", 3), null), 0, offset, bytes, transactions, frame);
    }

    /// <summary>What a reader makes of a chunk, each value as text at once, since it may be lent.</summary>
    private static List<(long Offset, long TimestampMs, string? Value)> Read<T>(FetchedChunk chunk, ConsumerOptions options)
    {
        using var reader = new ChunkReader<T, T>(Serializers.Default, options);
        reader.Open(chunk);
        var read = new List<(long, long, string?)>();
        while (reader.ReadBatch())
        {
            read.AddRange(reader.TakeRecords().Select(static record => (record.Offset, record.TimestampMs, record.Value is ReadOnlyMemory<byte> bytes ? Encoding.UTF8.GetString(bytes.Span) : record.Value as string)));
        }

        return read;
    }

    private static byte[] Batch(long offset, long producerId, params string[] values)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = offset,
            ProducerId = producerId,
            ProducerEpoch = (short)(producerId < 0 ? -1 : 0),
            BaseSequence = producerId < 0 ? -1 : 0,
            IsTransactional = producerId >= 0,
        });
        foreach (var value in values)
        {
            builder.Append(0, NullableBytes.Null, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    private static byte[] Marker(long offset, long producerId, ControlRecordType type)
    {
        using var builder = new RecordBatchBuilder();
        var batch = ControlBatch.BuildEndTransaction(builder, 0, type, producerId, producerEpoch: 0, coordinatorEpoch: 0).ToArray();
        RecordBatchPatch.SetBaseOffset(batch, offset);
        return batch;
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
