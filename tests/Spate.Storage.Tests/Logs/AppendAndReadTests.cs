using Spate.Protocol.Compression;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Logs;

public sealed class AppendAndReadTests
{
    [Fact]
    public void AppendAsLeader_AnEmptyLog_GivesOffsetsFromZeroAndTheLeadersEpoch()
    {
        using var harness = LogHarness.Opened();

        var first = harness.Append(TestBatches.Of(TestBatches.Epoch2027, "a", "b"), leaderEpoch: 3);
        var second = harness.Append(TestBatches.Of(TestBatches.Epoch2027 + 1, "c"), leaderEpoch: 4);

        Assert.Equal((LogAppendError.None, 0, 1), (first.Error, first.FirstOffset, first.LastOffset));
        Assert.Equal((LogAppendError.None, 2, 2), (second.Error, second.FirstOffset, second.LastOffset));
        Assert.Equal(
            [
                new StoredRecord(0, "a", TestBatches.Epoch2027, 3),
                new StoredRecord(1, "b", TestBatches.Epoch2027, 3),
                new StoredRecord(2, "c", TestBatches.Epoch2027 + 1, 4),
            ],
            harness.ReadAll());
        Assert.Equal([(3, 0L), (4, 2L)], harness.Log.LeaderEpochs.Select(entry => (entry.Epoch, entry.StartOffset)));
    }

    [Fact]
    public void AppendAsLeader_EpochThatAnotherHasFollowed_IsRefusedAndNothingIsWritten()
    {
        using var harness = LogHarness.Opened();
        harness.Append(TestBatches.Of(TestBatches.Epoch2027, "a"), leaderEpoch: 4);

        var late = harness.Append(TestBatches.Of(TestBatches.Epoch2027, "b"), leaderEpoch: 3);

        Assert.Equal(LogAppendError.LeaderEpochPast, late.Error);
        Assert.Equal(1, harness.Log.LogEndOffset);
        Assert.Equal([(4, 0L)], harness.Log.LeaderEpochs.Select(entry => (entry.Epoch, entry.StartOffset)));
    }

    [Fact]
    public void AppendAsLeader_DamagedBytes_AreRefusedAndNothingIsWritten()
    {
        using var harness = LogHarness.Opened();
        var batch = TestBatches.Of(TestBatches.Epoch2027, "a");
        batch[^1] ^= 1;

        var result = harness.Append(batch);

        Assert.Equal(LogAppendError.CorruptMessage, result.Error);
        Assert.NotNull(result.Failure);
        Assert.Equal(0, harness.Log.LogEndOffset);
        Assert.Equal(0, harness.Log.Size);
    }

    [Fact]
    public void AppendAsLeader_MoreThanASegmentHolds_IsRefused()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 100 });

        Assert.Equal(LogAppendError.RecordListTooLarge, harness.Append(new string('x', 200)).Error);
        Assert.Equal(LogAppendError.None, harness.Append("x").Error);
    }

    [Fact]
    public void AppendAsLeader_TheSameBatchTwice_IsAppendedOnceAndAnsweredTwice()
    {
        using var harness = LogHarness.Opened();
        harness.Append("before");
        var first = harness.Append(TestBatches.Idempotent(7, 0, 0, "a", "b"));

        var second = harness.Append(TestBatches.Idempotent(7, 0, 0, "a", "b"));

        Assert.True(second.IsDuplicate);
        Assert.False(second.IsAppended);
        Assert.Equal((first.FirstOffset, first.LastOffset), (second.FirstOffset, second.LastOffset));
        Assert.Equal(3, harness.Log.LogEndOffset);
        Assert.Equal(LogAppendError.OutOfOrderSequence, harness.Append(TestBatches.Idempotent(7, 0, 5, "c")).Error);
        Assert.Equal(LogAppendError.None, harness.Append(TestBatches.Idempotent(7, 0, 2, "c")).Error);
    }

    [Fact]
    public void AppendAsFollower_BatchesWithGaps_KeepTheirOffsetsAndEpochs()
    {
        using var harness = LogHarness.Opened();

        var result = harness.Log.AppendAsFollower(TestBatches.Join(
            TestBatches.At(5, 1, "a"), TestBatches.At(9, 1, "b", "c"), TestBatches.At(40, 6, "d")));

        Assert.Equal((LogAppendError.None, 5, 40), (result.Error, result.FirstOffset, result.LastOffset));
        Assert.Equal(41, harness.Log.LogEndOffset);
        Assert.Equal([5L, 9, 10, 40], harness.ReadAll().Select(record => record.Offset));
        Assert.Equal([(1, 5L), (6, 40L)], harness.Log.LeaderEpochs.Select(entry => (entry.Epoch, entry.StartOffset)));
        Assert.Equal("d", LogHarness.ReadAll(harness.Log, 11).Single().Value);
    }

    [Fact]
    public void AppendAsFollower_OffsetsThatAreThereAlready_AreRefused()
    {
        using var harness = LogHarness.Opened();
        harness.Append("a", "b");

        Assert.Equal(LogAppendError.OffsetsOutOfOrder, harness.Log.AppendAsFollower(TestBatches.At(1, 0, "x")).Error);
        Assert.Equal(2, harness.Log.LogEndOffset);
    }

    [Fact]
    public void AppendAsFollower_ASetLargerThanASegment_IsSpreadOverSegments()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 200 });
        var batches = Enumerable.Range(0, 20).Select(index => TestBatches.At(index, 0, TestBatches.Value(index))).ToArray();

        harness.Log.AppendAsFollower(TestBatches.Join(batches));

        Assert.Equal(20, harness.ReadAll().Count);
        Assert.All(harness.Log.Segments, segment => Assert.InRange(segment.Size, 1, 200));
    }

    [Fact]
    public void AppendAsFollower_OffsetsThatAnIndexCannotTellApart_BeginAnotherSegment()
    {
        using var harness = LogHarness.Opened();

        harness.Log.AppendAsFollower(TestBatches.Join(
            TestBatches.At(0, 0, "a"), TestBatches.At(int.MaxValue, 0, "b"), TestBatches.At(1L + int.MaxValue, 0, "c"), TestBatches.At(1L << 40, 0, "d")));

        Assert.Equal([0L, 1L + int.MaxValue, 1L << 40], harness.Log.Segments.Select(segment => segment.BaseOffset));
        Assert.Equal(["a", "b", "c", "d"], harness.ReadAll().Select(record => record.Value));
        Assert.Equal("d", LogHarness.ReadAll(harness.KillAndOpen(), 1L << 33).Single().Value);
    }

    [Fact]
    public void AppendAsFollower_AnEmptyLogThatBeginsFarAhead_SurvivesRecovery()
    {
        using var harness = LogHarness.Opened();

        harness.Log.AppendAsFollower(TestBatches.At(1L << 40, 0, "a"));

        Assert.Equal("a", LogHarness.ReadAll(harness.Log, 5).Single().Value);
        Assert.Equal((1L << 40) + 1, harness.KillAndOpen().LogEndOffset);
        Assert.Equal("a", harness.ReadAll().Single().Value);
    }

    [Fact]
    public void Read_AnyOffset_BeginsWithItsBatch()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 2000, IndexIntervalBytes = 100 });
        for (var index = 0; index < 200; index += 2)
        {
            harness.Append(TestBatches.Value(index), TestBatches.Value(index + 1));
        }

        Assert.True(harness.Log.SegmentCount > 3);
        for (var reopened = 0; reopened < 2; reopened++)
        {
            for (var offset = 0; offset < 200; offset++)
            {
                var result = harness.Log.Read(offset, 1, FetchBound.LogEnd, atLeastOneBatch: true);
                using var source = result.Records;
                var records = new List<StoredRecord>();
                LogHarness.Decode(LogHarness.ToArray(source), offset, records);
                Assert.Equal(offset, records[0].Offset);
                Assert.Equal(TestBatches.Value(offset), records[0].Value);
            }

            harness.CloseAndOpen();
        }
    }

    [Fact]
    public void Read_OutsideTheLog_SaysSo()
    {
        using var harness = LogHarness.Opened();
        harness.Append("a", "b", "c");
        Assert.True(harness.Log.DeleteRecordsBefore(1));

        Assert.True(harness.Log.Read(0, 100, FetchBound.LogEnd, false).IsOutOfRange);
        Assert.True(harness.Log.Read(4, 100, FetchBound.LogEnd, false).IsOutOfRange);
        var atEnd = harness.Log.Read(3, 100, FetchBound.LogEnd, true);
        Assert.False(atEnd.IsOutOfRange);
        Assert.Equal(0, atEnd.Records.Length);
    }

    [Theory]
    [InlineData(false, 50)]
    [InlineData(true, 79)]
    public void Read_ABatchLargerThanTheLimit_IsCutUnlessItIsWantedWhole(bool atLeastOneBatch, int expected)
    {
        using var harness = LogHarness.Opened();
        harness.Append("0123456789a");
        harness.Append("b");

        using var source = harness.Log.Read(0, 50, FetchBound.LogEnd, atLeastOneBatch).Records;

        Assert.Equal(expected, source.Length);
    }

    [Fact]
    public void Read_UpToTheHighWatermark_EndsThere()
    {
        using var harness = LogHarness.Opened();
        for (var index = 0; index < 30; index++)
        {
            harness.Append(TestBatches.Value(index));
        }

        foreach (var highWatermark in new long[] { 0, 1, 7, 20, 29, 30, 3 })
        {
            harness.Log.UpdateHighWatermark(highWatermark);
            Assert.Equal(highWatermark, LogHarness.ReadAll(harness.Log, 0, bound: FetchBound.HighWatermark).Count);
            Assert.Equal(30, harness.ReadAll().Count);
        }
    }

    [Fact]
    public void Read_CompressedRecords_ComeBackAsTheyWere()
    {
        using var harness = LogHarness.Opened();
        harness.Append(TestBatches.Compressed(CompressionCodec.Gzip, TestBatches.Epoch2027, "a", "b", "c"));

        Assert.Equal(["a", "b", "c"], harness.ReadAll().Select(record => record.Value));
    }

    [Fact]
    public void Read_ASegmentThatIsDeletedMeanwhile_StaysReadable()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 100, RetentionMs = 10, FileDeleteDelayMs = 0 });
        harness.Append("a");
        harness.Log.Roll();
        using var source = harness.Log.Read(0, 100, FetchBound.LogEnd, true).Records;

        harness.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, harness.Log.DeleteOldSegments());
        Assert.Null(harness.Log.DeletePendingFiles());

        var records = new List<StoredRecord>();
        LogHarness.Decode(LogHarness.ToArray(source), 0, records);
        Assert.Equal("a", records.Single().Value);
        Assert.True(harness.Log.Read(0, 100, FetchBound.LogEnd, true).IsOutOfRange);
    }

    [Fact]
    public void Read_RecordsThatAreTruncatedMeanwhile_FailsRatherThanMixOldAndNew()
    {
        using var harness = LogHarness.Opened();
        harness.Append("old");
        harness.Append("old");
        using var source = harness.Log.Read(0, 1000, FetchBound.LogEnd, true).Records;

        harness.Log.TruncateTo(1);
        harness.Append("new");

        Assert.Throws<TruncatedRecordsException>(() => source.Read(0, new byte[source.Length]));
    }

    [Fact]
    public void AppendAsLeader_OnceItRuns_AllocatesAFewSmallObjectsOnly()
    {
        using var scratch = new ScratchDirectory();
        using var harness = new LogHarness(scratch.Files, root: scratch.Root);
        harness.Config = new LogConfig { SegmentBytes = 1 << 28 };
        harness.Open();
        var batch = TestBatches.Of(TestBatches.Epoch2027, new string('x', 900));
        const int Appends = 200;

        // The least of several rounds: a collection that other tests bring about empties the pools, and filling them again is not this test's matter.
        var allocated = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var index = 0; index < Appends; index++)
            {
                harness.Log.AppendAsLeader(batch, 0, new LogAppendRequest());
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(allocated / Appends, 0, 256);
    }
}
