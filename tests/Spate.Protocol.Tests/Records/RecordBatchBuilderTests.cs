using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordBatchBuilderTests
{
    private static readonly RecordHeader[] TwoHeaders =
        [new("trace", [1, 2, 3]), new(string.Empty, null)];

    [Fact]
    public void Build_TwoRecords_ReadsBackWithEveryField()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = 1000,
            PartitionLeaderEpoch = 7,
            ProducerId = 42,
            ProducerEpoch = 3,
            BaseSequence = int.MaxValue,
            IsTransactional = true,
        });
        builder.Append(5000, "key"u8, "value"u8, TwoHeaders);
        builder.Append(4000, NullableBytes.Null, NullableBytes.Null);
        var batch = builder.Build().Span;

        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal(batch.Length, header.BatchSize);
        Assert.Equal((1000, 1001, 1002), (header.BaseOffset, header.LastOffset, header.NextOffset));
        Assert.Equal((7, 42, 3), (header.PartitionLeaderEpoch, header.ProducerId, (int)header.ProducerEpoch));
        Assert.Equal((int.MaxValue, 0), (header.BaseSequence, header.LastSequence));
        Assert.Equal((5000, 5000, 2), (header.BaseTimestamp, header.MaxTimestamp, header.RecordCount));
        Assert.True(header.IsTransactional);
        Assert.False(header.IsControl);

        var records = new RecordEnumerator(batch[RecordBatchHeader.Size..], header.RecordCount);
        Assert.True(records.MoveNext());
        var first = records.Current;
        Assert.Equal("key"u8, first.Key.Span);
        Assert.Equal("value"u8, first.Value.Span);
        Assert.Equal(5000, header.TimestampOf(first.TimestampDelta));
        var headers = first.Headers.ToArray();
        Assert.Equal(2, headers.Length);
        Assert.Equal("trace"u8, headers[0].Key.Span);
        Assert.Equal([1, 2, 3], headers[0].Value!);
        Assert.Null(headers[1].Value);
        Assert.True(records.MoveNext());
        Assert.True(records.Current.Key.IsNull);
        Assert.True(records.Current.Value.IsNull);
        Assert.Equal((1, -1000), (records.OffsetDelta, records.TimestampDelta));
        Assert.False(records.MoveNext());
        Assert.Equal(RecordError.None, records.Error);
    }

    [Fact]
    public void Reset_AfterABatch_StartsAnotherThatOwesNothingToTheFirst()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(9, "a"u8, new byte[100_000]);
        builder.Build();
        builder.Reset(new RecordBatchOptions { BaseOffset = 5 });
        builder.AppendAt(8, 1, Array.Empty<byte>(), Array.Empty<byte>());
        var batch = builder.Build().Span;
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal((5, 8, 1, 1), (header.BaseOffset, header.LastOffset, header.MaxTimestamp, header.RecordCount));
        var records = new RecordEnumerator(batch[RecordBatchHeader.Size..], 1);
        Assert.True(records.MoveNext());
        Assert.False(records.Current.Key.IsNull);
        Assert.Equal(3, records.OffsetDelta);
    }

    [Fact]
    public void AppendAt_AnOffsetBeforeTheNextOne_IsRefused()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(0, "k"u8, "v"u8);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AppendAt(0, 0, "k"u8, "v"u8));
    }

    [Fact]
    public void SetBaseOffset_AndLeaderEpoch_LeaveTheChecksumGood()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1, "k"u8, "v"u8);
        var batch = builder.Build().Span;
        RecordBatchPatch.SetBaseOffset(batch, 77);
        RecordBatchPatch.SetPartitionLeaderEpoch(batch, 9);
        RecordBatchPatch.SetMaxTimestamp(batch, TimestampType.LogAppendTime, 123);
        RecordBatchPatch.SetProducer(batch, 5, 6, 7);
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal((77, 9, 123), (header.BaseOffset, header.PartitionLeaderEpoch, header.MaxTimestamp));
        Assert.Equal((5, 6, 7), (header.ProducerId, (int)header.ProducerEpoch, header.BaseSequence));
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.Equal(123, header.TimestampOf(0));
    }
}
