using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class RecordFailureTests
{
    private const long Now = ValidationRequests.NowMs;

    private static readonly ValidationRules Bounded = new() { TimestampBeforeMaximumMs = 1000, TimestampAfterMaximumMs = 500 };

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Lz4)]
    public void Validate_NullKeysInACompactedTopic_NamesTheRecords(CompressionCodec codec)
    {
        var batch = Batches.Of(
            new RecordBatchOptions { Codec = codec },
            new TestRecord(Now, "01", "02"),
            new TestRecord(Now, null, "02"),
            new TestRecord(Now, "", "02"),
            new TestRecord(Now, null, null));

        using var result = BatchValidator.Validate(batch, ValidationRequests.FromClient(new ValidationRules { IsCompacted = true }));

        Assert.Equal(AppendError.InvalidRecord, result.Error);
        Assert.Equal([1, 3], result.Failure!.Records.Select(record => record.BatchIndex));
        Assert.All(result.Failure.Records, record => Assert.Contains("key", record.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_NullKeysInAnotherTopic_AreTaken()
    {
        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, new TestRecord(Now, null, null)), ValidationRequests.FromClient());

        Assert.Null(result.Failure);
    }

    [Fact]
    public void Validate_TimestampsOnTheBounds_AreTaken()
    {
        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, new TestRecord(Now - 1000, "01", "02"), new TestRecord(Now + 500, "01", "02")),
            ValidationRequests.FromClient(Bounded));

        Assert.Null(result.Failure);
        Assert.Equal(Now + 500, result.Summary.MaxTimestamp);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void Validate_TimestampsBeyondTheBounds_NamesTheRecords(CompressionCodec codec)
    {
        var batch = Batches.Of(
            new RecordBatchOptions { Codec = codec },
            new TestRecord(Now - 1001, "01", "02"),
            new TestRecord(Now, "01", "02"),
            new TestRecord(Now + 501, "01", "02"),
            new TestRecord(-1, "01", "02"));

        using var result = BatchValidator.Validate(batch, ValidationRequests.FromClient(Bounded));

        Assert.Equal(AppendError.InvalidTimestamp, result.Error);
        Assert.Equal([0, 2], result.Failure!.Records.Select(record => record.BatchIndex));
    }

    [Fact]
    public void Validate_RecordsWithoutTimestamp_AreTakenWhateverTheBounds()
    {
        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, new TestRecord(-1, "01", "02"), new TestRecord(-1, "01", "02")),
            ValidationRequests.FromClient(Bounded));

        Assert.Null(result.Failure);
        Assert.Equal(-1, result.Summary.MaxTimestamp);
        Assert.Equal(-1, result.Summary.OffsetOfMaxTimestamp);
    }

    [Fact]
    public void Validate_LogAppendTime_DoesNotLookAtTheBounds()
    {
        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, new TestRecord(5, "01", "02")),
            ValidationRequests.FromClient(Bounded with { TimestampType = TimestampType.LogAppendTime }));

        Assert.Null(result.Failure);
    }

    [Fact]
    public void Validate_NullKeyAndTimestampAtFault_IsCalledATimestampFault()
    {
        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, new TestRecord(5, null, "02"), new TestRecord(5, "01", "02")),
            ValidationRequests.FromClient(Bounded with { IsCompacted = true }));

        Assert.Equal(AppendError.InvalidTimestamp, result.Error);
        Assert.Equal([0, 1], result.Failure!.Records.Select(record => record.BatchIndex));
        Assert.Contains("key", result.Failure.Records[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MoreFaultsThanAnAnswerNames_NamesTheFirst()
    {
        var records = Enumerable.Repeat(new TestRecord(Now, null, "02"), AppendFailure.RecordsMaximum + 5);

        using var result = BatchValidator.Validate(
            Batches.Of(RecordBatchOptions.Default, records), ValidationRequests.FromClient(new ValidationRules { IsCompacted = true }));

        Assert.Equal(Enumerable.Range(0, AppendFailure.RecordsMaximum), result.Failure!.Records.Select(record => record.BatchIndex));
        Assert.Contains("1005", result.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, long.MaxValue, long.MaxValue, long.MinValue + 1, long.MaxValue)]
    [InlineData(long.MaxValue, 10, 10, long.MaxValue - 10, long.MaxValue)]
    [InlineData(-100, long.MaxValue, 5, long.MinValue, -95)]
    public void Around_ExtremeClocks_Saturates(long now, long before, long after, long lowest, long highest)
    {
        var rules = new ValidationRules { TimestampBeforeMaximumMs = before, TimestampAfterMaximumMs = after };

        // The lowest timestamp itself is -long.MaxValue from 0, one above the least int64: nothing is lost by it.
        Assert.Equal(new TimestampBounds(lowest, highest), TimestampBounds.Around(now, rules));
    }
}
