using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Segments;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

public sealed class SegmentSizeTests
{
    [Fact]
    public void Small_segments_are_put_together_as_long_as_they_fit()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 1000 });
        for (var index = 0; index < 60; index++)
        {
            harness.Append((TestBatches.Value(index), "x"));
            if (index % 2 == 1)
            {
                harness.Log.Roll();
            }
        }

        harness.RollAndClean();

        Assert.All(harness.Log.Segments, segment => Assert.InRange(segment.Size, 1, 1000));
        Assert.InRange(harness.Log.SegmentCount, 5, 9);
        Assert.Equal(60, harness.Records().Count());
    }

    [Fact]
    public void What_no_longer_fits_into_one_segment_is_split()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 1 << 20 });
        for (var index = 0; index < 100; index++)
        {
            harness.Append((TestBatches.Value(index), "x"), (TestBatches.Value(index % 90), "y"));
        }

        harness.Roll();
        harness.Log.Config = harness.Logs.Config with { SegmentBytes = 1500, SegmentIndexBytes = 120, IndexIntervalBytes = 0 };
        var expected = LogContent.StateOf(LogContent.ReadAll(harness.Log));
        Assert.NotNull(harness.Clean());

        Assert.All(harness.Log.Segments, segment =>
        {
            Assert.InRange(segment.Size, 1, 1500);
            Assert.InRange(segment.OffsetIndex.Count, 0, 15);
            Assert.InRange(segment.TimeIndex.Count, 0, 10);
        });
        Assert.InRange(harness.Log.SegmentCount, 8, 40);
        Assert.Equal(expected, LogContent.StateOf(LogContent.ReadAll(harness.Log)));
        harness.Logs.KillAndOpen(0);
        Assert.Equal(expected, LogContent.StateOf(LogContent.ReadAll(harness.Log)));
    }

    [Fact]
    public void Segments_too_far_apart_for_an_index_stay_apart()
    {
        using var harness = CleanerHarness.Opened();
        long[] offsets = [0, 1L << 30, (1L << 31) - 1, 1L << 31, 1L << 32, (1L << 32) + 1];
        foreach (var offset in offsets)
        {
            var options = new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = 0 };
            Assert.Equal(LogAppendError.None, harness.Log.AppendAsFollower(KeyedBatches.Of(options, harness.Now, (TestBatches.Value((int)(offset % 1000)), "x"))).Error);
            harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
            harness.Log.Roll();
        }

        harness.RollAndClean();

        Assert.Equal(offsets.Length + 1, LogContent.ReadAll(harness.Log).Count);
        for (var index = 0; index < harness.Log.SegmentCount - 1; index++)
        {
            Assert.InRange(harness.Log.Segments[index + 1].BaseOffset - 1 - harness.Log.Segments[index].BaseOffset, 0, int.MaxValue);
        }

        Assert.InRange(harness.Log.SegmentCount, 3, 5);
    }

    [Fact]
    public void A_segment_that_was_cut_since_it_was_read_is_not_replaced()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.Append(("b", "1"));
        harness.Roll();
        var truncations = harness.Log.Truncations;
        LogSegment[] replaced = [harness.Log.Segments[0]];
        Assert.True(harness.Log.TruncateTo(1));
        harness.Log.Roll();
        harness.Append(("c", "1"));
        harness.Log.Roll();

        Assert.Same(replaced[0], harness.Log.Segments[0]);
        Assert.False(harness.Log.ReplaceSegments([harness.Log.CreateReplacement(0)], replaced, truncations));
        Assert.Equal([("a", "1"), ("c", "1")], harness.Records());
    }

    [Fact]
    public void Snapshots_of_producers_go_with_their_segments()
    {
        using var harness = CleanerHarness.Opened();
        for (var index = 0; index < 5; index++)
        {
            harness.Append(new RecordBatchOptions { ProducerId = 3, ProducerEpoch = 0, BaseSequence = index }, ("a", TestBatches.Value(index)));
            harness.Log.Roll();
        }

        harness.RollAndClean();

        var bases = harness.Log.Segments.Select(segment => SegmentFileNames.Of(segment.BaseOffset, ".snapshot"));
        var snapshots = harness.Logs.Names().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal));
        Assert.Empty(snapshots.Except(bases));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void Many_cleanings_of_the_same_segment_leave_no_file_behind(CompressionCodec codec)
    {
        using var harness = CleanerHarness.Opened();
        for (var round = 0; round < 20; round++)
        {
            harness.Append(new RecordBatchOptions { Codec = codec }, ("a", TestBatches.Value(round)), ("b", null), ("a", TestBatches.Value(round + 100)));
            harness.RollAndClean();
            Assert.Equal(TestBatches.Value(round + 100), LogContent.StateOf(LogContent.ReadAll(harness.Log))["a"]);
        }

        harness.Pass(TimeSpan.FromMinutes(2));
        Assert.Null(harness.Log.DeletePendingFiles());
        Assert.InRange(harness.Logs.Names().Length, 1, 10);
        harness.Logs.CloseAndOpen();
        Assert.Equal(TestBatches.Value(119), LogContent.StateOf(LogContent.ReadAll(harness.Log))["a"]);
    }
}
