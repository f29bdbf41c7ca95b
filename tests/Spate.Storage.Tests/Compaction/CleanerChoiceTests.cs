using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

public sealed class CleanerChoiceTests
{
    private static readonly LogConfig HalfDirty = CleanerHarness.Compacted with { MinCleanableDirtyRatio = 0.5, SegmentBytes = 1000 };

    [Fact]
    public void A_log_is_cleaned_when_enough_of_it_is_dirty()
    {
        using var harness = CleanerHarness.Opened(HalfDirty);
        for (var index = 0; index < 20; index++)
        {
            harness.Append((TestBatches.Value(index), TestBatches.Value(index, 40)));
        }

        Assert.NotNull(harness.RollAndClean());
        Fill(harness, "b", 10);
        harness.Roll();

        Assert.Null(harness.Clean());
        Assert.InRange(harness.Cleaner.DirtiestRatio, 0.1, 0.5);
        Fill(harness, "c", 20);
        harness.Roll();

        var result = harness.Clean();
        Assert.InRange(result!.DirtyRatio, 0.5, 0.75);
    }

    [Fact]
    public void A_log_that_is_not_compacted_is_left_alone()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { IsCompacted = false });
        Fill(harness, "a", 10);
        harness.Roll();

        Assert.Null(harness.Clean());
    }

    [Fact]
    public void A_record_that_is_older_than_the_maximum_lag_makes_the_cleaner_begin()
    {
        using var harness = CleanerHarness.Opened(HalfDirty with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 600_000, SegmentMs = long.MaxValue });
        Fill(harness, "a", 10);
        harness.RollAndClean();
        harness.Append(("b", "1"));
        harness.Roll();
        harness.Pass(TimeSpan.FromMilliseconds(600_000));

        Assert.Null(harness.Clean());
        harness.Pass(TimeSpan.FromMilliseconds(1));

        Assert.NotNull(harness.Clean());
    }

    [Fact]
    public void A_segment_closes_at_the_maximum_lag()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { MaxCompactionLagMs = 1000 });
        harness.Append(("a", "1"));
        harness.Pass(TimeSpan.FromMilliseconds(1000));
        harness.Append(("a", "2"));
        Assert.Equal(1, harness.Log.SegmentCount);
        harness.Pass(TimeSpan.FromMilliseconds(1));

        harness.Append(("a", "3"));

        Assert.Equal(2, harness.Log.SegmentCount);
    }

    [Fact]
    public void A_record_that_is_younger_than_the_minimum_lag_is_left_alone()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { MinCompactionLagMs = 60_000 });
        harness.Append(("a", "1"), ("a", "2"));
        harness.Roll();
        harness.Pass(TimeSpan.FromMilliseconds(60_000));
        harness.Append(("b", "1"), ("b", "2"));
        harness.Roll();

        // The second record of the first segment is one millisecond younger than the first, and the third one still more.
        Assert.Null(harness.Clean());
        harness.Pass(TimeSpan.FromMilliseconds(1));
        var result = harness.Clean();

        Assert.Equal(2, result!.EndOffset);
        Assert.Equal([("a", "2"), ("b", "1"), ("b", "2")], harness.Records());
    }

    [Fact]
    public async Task The_dirtiest_log_comes_first()
    {
        using var half = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 1000 });
        using var other = new CleanerHarness(half.Logs.Config, root: "/other");
        other.Logs.Open();
        Fill(half, "a", 20);
        half.RollAndClean();
        Fill(half, "a", 10);
        half.Roll();
        Fill(other, "b", 5);
        other.Roll();
        HostedLog[] both = [half.Hosted, other.Hosted with { Partition = new TopicPartition("other", 0) }];

        var first = await half.Cleaner.CleanOnceAsync(both, CancellationToken.None);
        var second = await half.Cleaner.CleanOnceAsync(both, CancellationToken.None);

        Assert.Equal(("other", "orders"), (first!.Partition.Topic, second!.Partition.Topic));
        Assert.True(first.DirtyRatio > second.DirtyRatio);
        Assert.Null(await half.Cleaner.CleanOnceAsync(both, CancellationToken.None));
    }

    [Fact]
    public void What_has_been_cleaned_is_remembered_in_the_root()
    {
        var disk = new MemoryFileSystem();
        using (var harness = new CleanerHarness(disk: disk))
        {
            harness.Logs.Open();
            Fill(harness, "a", 10);
            Assert.Equal(10, harness.RollAndClean().EndOffset);
            harness.Log.Close();
        }

        using var again = new CleanerHarness(disk: disk);
        again.Logs.Open(clean: true);
        again.Log.UpdateHighWatermark(again.Log.LogEndOffset);
        Assert.Null(again.Clean());
        Assert.Equal(10, again.Directory.CleanerOffsets.Read().Content[again.Hosted.Partition]);

        again.Cleaner.Forget([again.Hosted]);
        Assert.Empty(again.Directory.CleanerOffsets.Read().Content);
        Assert.Equal(0, again.Clean()!.FirstDirtyOffset);
    }

    [Fact]
    public void A_deleted_key_stays_deleted_in_a_log_whose_name_another_has_had()
    {
        using var harness = CleanerHarness.Opened();
        harness.Directory.CleanerOffsets.Write([KeyValuePair.Create(harness.Hosted.Partition, 2L)]);
        harness.Cleaner.Forget([harness.Hosted.Partition], [harness.Directory]);
        harness.Append(("a", "1"));
        harness.Append(("b", "1"));
        harness.Append(("a", null));

        harness.RollAndClean();
        harness.Pass(TimeSpan.FromMinutes(2));
        harness.RollAndClean();

        Assert.Equal([("b", "1")], harness.Records());
    }

    [Theory]
    [InlineData(1000, 0, 0)]
    [InlineData(3, 5, 5)]
    public void A_checkpoint_outside_the_log_is_reset_and_said(long checkpoint, long logStart, long expected)
    {
        using var harness = CleanerHarness.Opened();
        Fill(harness, "a", 10);
        harness.Roll();
        harness.Directory.CleanerOffsets.Write([KeyValuePair.Create(harness.Hosted.Partition, checkpoint)]);
        Assert.True(harness.Log.DeleteRecordsBefore(logStart));

        var result = harness.Clean();

        Assert.Equal(expected, result!.FirstDirtyOffset);
        Assert.Single(harness.Logger.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("counts as not cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public void A_corrupt_checkpoint_is_said_once_and_everything_cleaned()
    {
        using var harness = CleanerHarness.Opened();
        Fill(harness, "a", 10);
        using (var file = harness.Logs.Disk.Open(harness.Directory.CleanerOffsets.Path, FileOpening.Replace))
        {
            file.Write("nonsense"u8, 0);
        }

        Assert.Equal(0, harness.RollAndClean().FirstDirtyOffset);
        Assert.NotNull(harness.RollAndClean());
        Assert.Single(harness.Logger.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public void What_comes_behind_a_truncation_has_not_been_cleaned()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.Append(("b", "1"));
        harness.Append(("c", "1"));
        Assert.Equal(3, harness.RollAndClean().EndOffset);

        Assert.True(harness.Log.TruncateTo(2));
        harness.Cleaner.Truncated(harness.Hosted, harness.Log.LogEndOffset);
        harness.Append(("a", "2"));
        harness.Append(("d", "1"));
        var result = harness.RollAndClean();

        Assert.Equal(2, result.FirstDirtyOffset);
        Assert.Equal([("b", "1"), ("a", "2"), ("d", "1")], harness.Records());
    }

    [Fact]
    public void Retention_goes_on_in_a_log_that_is_compacted_and_deleted()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { DeletesOldSegments = true, RetentionMs = 3_600_000, SegmentBytes = 300 });
        Fill(harness, "a", 10);
        harness.RollAndClean();
        harness.Pass(TimeSpan.FromMinutes(50));
        harness.Append(("b", "1"));
        harness.RollAndClean();
        Assert.Equal(4, harness.Records().Count());
        harness.Pass(TimeSpan.FromMinutes(11));

        Assert.True(harness.Log.DeleteOldSegments() > 0);
        Assert.Equal([("b", "1")], harness.Records());
        harness.Append(("b", "2"));
        harness.RollAndClean();

        Assert.Equal([("b", "2")], harness.Records());
        Assert.DoesNotContain(harness.Logger.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public void A_log_that_is_only_compacted_keeps_its_records_whatever_their_age()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { RetentionMs = 1000, RetentionBytes = 1 });
        Fill(harness, "a", 10);
        harness.RollAndClean();
        harness.Pass(TimeSpan.FromDays(1000));

        Assert.Equal(0, harness.Log.DeleteOldSegments());
    }

    [Fact]
    public void The_last_record_before_an_empty_segment_is_left_alone()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.Append((null, "no key"));
        harness.Log.Roll();
        harness.Logs.Flushes.RunAll();

        Assert.Null(harness.Clean());
        harness.Append(("b", "1"));
        Assert.NotNull(harness.Clean());
    }

    private static void Fill(CleanerHarness harness, string key, int count)
    {
        for (var index = 0; index < count; index++)
        {
            harness.Append((key + (index % 3), TestBatches.Value(index, 40)));
        }
    }
}
