using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

/// <summary>Runs alone: contexts that another test holds at the moment would have to be made anew, which is an allocation.</summary>
[Collection(nameof(RunsAlone))]
public sealed class HotPathTests
{
    [Fact]
    public void Accepting_a_produced_batch_allocates_nothing()
    {
        using var builder = new RecordBatchBuilder();
        using var scratch = new PooledBuffer();
        Fill(builder);
        Memory<byte> received = builder.Build().ToArray();
        Accept(received, scratch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            Accept(received, scratch);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Building_and_reading_batch_after_batch_allocates_nothing(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec });
        using var scratch = new PooledBuffer();
        Cycle(builder, scratch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 20; round++)
        {
            Cycle(builder, scratch);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Accept(Memory<byte> received, PooledBuffer scratch)
    {
        var batches = new RecordBatchEnumerator(received.Span);
        while (batches.MoveNext())
        {
            var batch = received.Slice(batches.Position, batches.Current.Length).Span;
            Assert.True(RecordBatchHeader.Validate(batch, out var header) == RecordError.None);
            Assert.True(RecordBatch.Inspect(batch, header, 1 << 20, scratch, out var summary) == RecordError.None);
            Assert.True(summary.HasContiguousOffsets);
            RecordBatchPatch.SetBaseOffset(batch, header.BaseOffset + 10);
            RecordBatchPatch.SetPartitionLeaderEpoch(batch, 3);
            RecordBatchPatch.SetMaxTimestamp(batch, TimestampType.LogAppendTime, header.MaxTimestamp + 1);
        }

        Assert.True(batches.Error == RecordError.None);
    }

    private static void Cycle(RecordBatchBuilder builder, PooledBuffer scratch)
    {
        builder.Reset();
        Fill(builder);
        var batch = builder.Build().Span;
        Assert.True(RecordBatchHeader.Validate(batch, out var header) == RecordError.None);
        Assert.True(RecordBatch.Open(batch, header, 1 << 20, scratch, out var bytes) == RecordError.None);
        var count = 0;
        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext())
        {
            foreach (var recordHeader in records.Current.Headers)
            {
                count += recordHeader.Key.Length;
            }
        }

        Assert.True(count == 500);
    }

    private static void Fill(RecordBatchBuilder builder)
    {
        Span<byte> value = stackalloc byte[100];
        Span<byte> headerValue = stackalloc byte[3];
        for (var index = 0; index < 100; index++)
        {
            builder.Append(1000 + index, "key"u8, value, Headers);
        }
    }

    private static readonly RecordHeader[] Headers = [new("trace", [1, 2, 3])];
}
