using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Logs;

public sealed class TrimmingTests
{
    private static readonly LogConfig Small = new() { SegmentBytes = 400, IndexIntervalBytes = 100, RetentionMs = -1 };

    [Fact]
    public void DeleteOldSegments_ByTime_DeletesWhatIsOldAndKeepsTheRest()
    {
        using var harness = Filled(Small with { RetentionMs = 60_000, SegmentMs = long.MaxValue }, 12, TimeSpan.FromSeconds(10));
        var segments = harness.Log.SegmentCount;

        var deleted = harness.Log.DeleteOldSegments();

        Assert.InRange(deleted, 1, segments - 1);
        var records = harness.ReadAll();
        Assert.Equal(harness.Log.LogStartOffset, records[0].Offset);
        Assert.True(records[^1].Timestamp - harness.Log.Segments[0].Newest.Timestamp <= 60_000);
        Assert.Contains(harness.Names(), name => name == "00000000000000000000.log.deleted");
        Assert.Equal(deleted, segments - harness.Log.SegmentCount);
    }

    [Fact]
    public void DeleteOldSegments_EverythingIsOld_LeavesAnEmptySegmentAtTheEnd()
    {
        using var harness = Filled(Small with { RetentionMs = 60_000 }, 12, TimeSpan.Zero);
        harness.Time.Advance(TimeSpan.FromDays(1));

        harness.Log.DeleteOldSegments();

        Assert.Equal((12, 12, 1), (harness.Log.LogStartOffset, harness.Log.LogEndOffset, harness.Log.SegmentCount));
        Assert.Equal(12, harness.Append("a").FirstOffset);
        Assert.Equal(12, harness.KillAndOpen().LogStartOffset);
    }

    [Fact]
    public void DeleteOldSegments_RecordsWithoutTimestamps_GoByTheAgeOfTheFile()
    {
        using var harness = LogHarness.Opened(Small with { RetentionMs = 60_000 });
        harness.Append(TestBatches.Of(RecordTimestampNone, "a"));
        harness.Log.Roll();

        Assert.Equal(0, harness.Log.DeleteOldSegments());
        harness.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, harness.Log.DeleteOldSegments());
    }

    [Fact]
    public void DeleteOldSegments_BehindTheHighWatermark_AreKept()
    {
        using var harness = Filled(Small with { RetentionBytes = 0 }, 12, TimeSpan.Zero);
        harness.Log.UpdateHighWatermark(5);

        harness.Log.DeleteOldSegments();

        Assert.InRange(harness.Log.LogStartOffset, 1, 5);
        harness.Log.UpdateHighWatermark(12);
        harness.Log.DeleteOldSegments();
        Assert.Equal(12, harness.Log.LogStartOffset);
    }

    [Fact]
    public void DeleteOldSegments_BySize_KeepsAtLeastThatMuch()
    {
        using var harness = Filled(Small with { RetentionBytes = 900 }, 40, TimeSpan.Zero);

        harness.Log.DeleteOldSegments();

        Assert.InRange(harness.Log.Size, 900, 900 + 400);
        Assert.Equal(40 - harness.Log.LogStartOffset, harness.ReadAll().Count);
    }

    [Fact]
    public void DeleteOldSegments_OfACompactedTopic_GoOnlyBeforeTheLogsStart()
    {
        using var harness = Filled(Small with { RetentionBytes = 0, RetentionMs = 0, DeletesOldSegments = false }, 20, TimeSpan.Zero);

        Assert.Equal(0, harness.Log.DeleteOldSegments());
        Assert.True(harness.Log.DeleteRecordsBefore(10));
        Assert.True(harness.Log.DeleteOldSegments() > 0);
        Assert.Equal(10, harness.Log.LogStartOffset);
        Assert.True(harness.Log.Segments[0].BaseOffset <= 10);
    }

    [Fact]
    public void DeletePendingFiles_BeforeAndAfterTheDelay_KeepsAndDeletesThem()
    {
        using var harness = Filled(Small with { RetentionBytes = 0, FileDeleteDelayMs = 1000 }, 20, TimeSpan.Zero);
        harness.Log.DeleteOldSegments();

        Assert.Equal(TestBatches.Epoch2027 + 1000, harness.Log.DeletePendingFiles());
        Assert.Contains(harness.Names(), name => name.EndsWith(".deleted", StringComparison.Ordinal));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(harness.Log.DeletePendingFiles());
        Assert.DoesNotContain(harness.Names(), name => name.EndsWith(".deleted", StringComparison.Ordinal));
    }

    [Fact]
    public void DeleteRecordsBefore_BehindTheHighWatermark_IsRefused()
    {
        using var harness = Filled(Small, 10, TimeSpan.Zero);
        harness.Log.UpdateHighWatermark(6);

        Assert.False(harness.Log.DeleteRecordsBefore(7));
        Assert.True(harness.Log.DeleteRecordsBefore(6));
        Assert.True(harness.Log.DeleteRecordsBefore(2));
        Assert.Equal(6, harness.Log.LogStartOffset);
    }

    [Fact]
    public void TruncateTo_AnyOffset_LeavesWhatLiesBefore()
    {
        for (var offset = 0; offset <= 20; offset++)
        {
            using var harness = Filled(Small, 20, TimeSpan.Zero);
            harness.Append(TestBatches.Idempotent(5, 0, 0, "p"));

            Assert.True(harness.Log.TruncateTo(offset));

            Assert.Equal(offset, harness.Log.LogEndOffset);
            Assert.Equal(offset, harness.ReadAll().Count);
            Assert.Empty(harness.Log.DescribeProducers());
            Assert.InRange(harness.Log.HighWatermark, 0, offset);
            Assert.Equal(offset, harness.Append(TestBatches.Of(TestBatches.Epoch2027, "new"), leaderEpoch: 9).FirstOffset);
            Assert.Equal("new", harness.KillAndOpen().LogEndOffset == offset + 1 ? harness.ReadAll()[^1].Value : "lost");
            Assert.Equal((9, (long)offset), (harness.Log.LeaderEpochs[^1].Epoch, harness.Log.LeaderEpochs[^1].StartOffset));
        }
    }

    [Fact]
    public void TruncateTo_InsideABatch_TakesTheWholeBatch()
    {
        using var harness = LogHarness.Opened(Small);
        harness.Append("a", "b");
        harness.Append("c", "d", "e");

        Assert.True(harness.Log.TruncateTo(4));

        Assert.Equal(2, harness.Log.LogEndOffset);
        Assert.False(harness.Log.TruncateTo(2));
    }

    [Fact]
    public void TruncateFullyAndStartAt_ALaterOffset_StartsThere()
    {
        using var harness = Filled(Small, 20, TimeSpan.Zero);

        harness.Log.TruncateFullyAndStartAt(500);

        Assert.Equal((500, 500, 500), (harness.Log.LogStartOffset, harness.Log.LogEndOffset, harness.Log.HighWatermark));
        Assert.Empty(harness.Log.LeaderEpochs);
        Assert.Equal(500, harness.Append("a").FirstOffset);
        Assert.Equal("a", harness.CloseAndOpen().LogStartOffset == 500 ? harness.ReadAll().Single().Value : "lost");
    }

    [Fact]
    public void ReplaceSegments_ByOneWithFewerRecords_ServesThoseAndWhatFollows()
    {
        using var harness = Filled(Small, 20, TimeSpan.Zero);
        var replaced = harness.Log.Segments.Take(2).ToArray();
        var next = harness.Log.Segments[2].BaseOffset;
        using var reading = harness.Log.Read(0, 10_000, FetchBound.LogEnd, true).Records;
        var replacement = harness.Log.CreateReplacement(0);
        replacement.Append(TestBatches.At(3, 0, TestBatches.Value(3)), 100);

        Assert.True(harness.Log.ReplaceSegments([replacement], replaced));

        Assert.Equal([3L, .. Enumerable.Range((int)next, 20 - (int)next).Select(offset => (long)offset)], harness.ReadAll().Select(record => record.Offset));
        Assert.Equal(TestBatches.Value((int)next), LogHarness.ReadAll(harness.Log, 4)[0].Value);
        Assert.Equal(replaced[0].Size, LogHarness.ToArray(reading).Length);
        Assert.Equal(20, harness.KillAndOpen().LogEndOffset);
        Assert.Equal(3, harness.ReadAll()[0].Offset);
    }

    [Fact]
    public void ReplaceSegments_ThatAreGone_ChangesNothing()
    {
        using var harness = Filled(Small with { RetentionBytes = 0 }, 20, TimeSpan.Zero);
        var replaced = harness.Log.Segments.Take(2).ToArray();
        var replacement = harness.Log.CreateReplacement(0);
        replacement.Append(TestBatches.At(3, 0, "x"), 100);
        harness.Log.DeleteOldSegments();

        Assert.False(harness.Log.ReplaceSegments([replacement], replaced));

        Assert.Equal(20, harness.Log.LogStartOffset);
        Assert.DoesNotContain(harness.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public void RenameDirectory_AnOpenLog_GoesOnUnderTheNewName()
    {
        using var harness = Filled(Small, 20, TimeSpan.Zero);

        harness.Log.RenameDirectory(LogHarness.Root + "/orders-0.abc-delete");

        Assert.Equal(20, harness.ReadAll().Count);
        harness.Append("a");
        harness.Log.Roll();
        Assert.False(harness.Disk.DirectoryExists(harness.DirectoryPath));
        harness.Log.Delete();
        Assert.Empty(harness.Disk.ListDirectories(LogHarness.Root));
    }

    [Theory]
    [InlineData(59_000, 1)]
    [InlineData(61_000, 2)]
    public void AppendAsLeader_ASegmentThatIsOldByItsRecords_BeginsAnother(long later, int segments)
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentMs = 60_000 });
        harness.Append(TestBatches.Of(TestBatches.Epoch2027, "a"));

        harness.Append(TestBatches.Of(TestBatches.Epoch2027 + later, "b"));

        Assert.Equal(segments, harness.Log.SegmentCount);
    }

    [Fact]
    public void AppendAsLeader_AFullIndex_BeginsAnotherSegment()
    {
        using var harness = LogHarness.Opened(new LogConfig { IndexIntervalBytes = 0, SegmentIndexBytes = 24 });

        for (var index = 0; index < 10; index++)
        {
            harness.Append(TestBatches.Value(index));
        }

        Assert.True(harness.Log.SegmentCount > 2);
        Assert.All(harness.Log.Segments, segment => Assert.InRange(segment.OffsetIndex.Count, 0, 3));
        Assert.Equal(10, harness.ReadAll().Count);
    }

    private const long RecordTimestampNone = LegacyMessage.NoTimestamp;

    private static LogHarness Filled(LogConfig config, int records, TimeSpan between)
    {
        var harness = LogHarness.Opened(config);
        for (var index = 0; index < records; index++)
        {
            harness.Time.Advance(between);
            harness.Append(TestBatches.Value(index));
        }

        return harness;
    }
}
