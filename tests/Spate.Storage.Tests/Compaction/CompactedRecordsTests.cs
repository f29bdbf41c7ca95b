using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Tests.Logs;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Compaction;

public sealed class CompactedRecordsTests
{
    private static readonly TimeSpan Retention = TimeSpan.FromMilliseconds(CleanerHarness.Compacted.DeleteRetentionMs);

    [Fact]
    public void The_last_value_of_each_key_stays_where_it_was()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"), ("b", "1"), ("a", "2"));
        harness.Append(("c", "1"), ("b", "2"));
        harness.Append(("a", "3"));
        harness.Append(("d", "1"), ("c", "2"));
        var end = harness.Log.LogEndOffset;

        var result = harness.RollAndClean();

        Assert.Equal([(4, "b", "2"), (5, "a", "3"), (6, "d", "1"), (7, "c", "2"), (8, "active", "x")],
            LogContent.ReadAll(harness.Log).Select(record => ((int)record.Offset, record.Key, record.Value)));
        Assert.Equal((0, end, 8, 4, 4), (result.FirstDirtyOffset, result.EndOffset, result.RecordsRead, result.RecordsKept, result.Keys));
        Assert.Equal(end + 1, harness.Log.LogEndOffset);
        Assert.Null(harness.Clean());
    }

    [Fact]
    public void Every_offset_can_still_be_read_from_and_every_timestamp_found()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 400, IndexIntervalBytes = 0 });
        for (var index = 0; index < 60; index++)
        {
            harness.Append((TestBatches.Value(index % 7), TestBatches.Value(index)));
            harness.Pass(TimeSpan.FromSeconds(1));
        }

        harness.RollAndClean();

        var left = LogContent.ReadAll(harness.Log);
        Assert.InRange(left.Count, 8, 20);
        for (var offset = 0; offset < harness.Log.LogEndOffset; offset++)
        {
            var expected = left.First(record => record.Offset >= offset);
            var result = harness.Log.Read(offset, 1000, FetchBound.LogEnd, true);
            using var source = result.Records;
            var found = LogContent.Decode(FirstBatch(LogHarness.ToArray(source))).First(record => record.Offset >= offset);
            Assert.Equal(expected, found);
        }

        for (var time = TestBatches.Epoch2027; time < TestBatches.Epoch2027 + 61_000; time += 500)
        {
            Assert.Equal(left.FirstOrDefault(record => record.Timestamp >= time)?.Offset, harness.Log.FindByTimestamp(time)?.Offset);
        }
    }

    [Fact]
    public void A_tombstone_stays_for_its_time_from_the_first_cleaning_on()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"), ("b", "1"));
        harness.Append(("a", null));
        harness.Pass(TimeSpan.FromDays(9));

        harness.RollAndClean();
        Assert.Equal([("b", "1"), ("a", null)], harness.Records());
        var horizon = Assert.Single(LogContent.Headers(harness.Log), header => header.DeleteHorizon is not null);
        Assert.Equal(harness.Now + 60_000, horizon.DeleteHorizon);
        var tombstone = LogContent.ReadAll(harness.Log)[1];
        Assert.Equal((2L, TestBatches.Epoch2027), (tombstone.Offset, tombstone.Timestamp));

        harness.Pass(Retention - TimeSpan.FromMilliseconds(1));
        harness.RollAndClean();
        Assert.Equal([("b", "1"), ("a", null)], harness.Records());

        harness.Pass(TimeSpan.FromMilliseconds(1));
        harness.RollAndClean();
        Assert.Equal([("b", "1")], harness.Records());
    }

    [Fact]
    public void A_tombstone_that_a_value_follows_goes_at_once()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", null), ("b", null));
        harness.Append(("a", "2"));

        harness.RollAndClean();

        Assert.Equal([("b", null), ("a", "2")], harness.Records());
    }

    [Fact]
    public void A_batch_that_loses_nothing_is_copied_byte_for_byte()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.Append(new RecordBatchOptions { Codec = CompressionCodec.Gzip, CompressionLevel = 1 }, ("b", "1"), ("c", "1"));
        harness.Append(("a", "2"));
        var before = LogContent.Batches(harness.Log);

        harness.RollAndClean();

        Assert.Equal(before[1..], LogContent.Batches(harness.Log)[..2]);
    }

    [Fact]
    public void A_log_in_which_nothing_is_old_keeps_its_files()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"), ("b", "1"));
        harness.Roll();
        var segment = harness.Log.Segments[0];

        Assert.NotNull(harness.Clean());

        Assert.Same(segment, harness.Log.Segments[0]);
        Assert.DoesNotContain(harness.Logs.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.Null(harness.Clean());
    }

    public static TheoryData<CompressionCodec> Codecs => [.. KeyedBatches.Codecs];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_batch_that_loses_something_keeps_everything_else(CompressionCodec codec)
    {
        using var harness = CleanerHarness.Opened();
        harness.NextEpoch();
        harness.Append(
            new RecordBatchOptions { Codec = codec, ProducerId = 7, ProducerEpoch = 3, BaseSequence = 40 },
            ("a", "1"), ("b", "1"), ("c", "1"), ("b", "2"), ("d", "1"));
        harness.Append(("a", "2"), ("d", "2"));
        var before = LogContent.Headers(harness.Log)[0];
        var records = LogContent.Decode(LogContent.Batches(harness.Log)[0]);

        harness.RollAndClean();

        var batch = LogContent.Batches(harness.Log)[0];
        var after = LogContent.Headers(harness.Log)[0];
        Assert.Equal([records[2], records[3]], LogContent.Decode(batch));
        Assert.Equal(
            (before.BaseOffset, before.LastOffset, codec, 7L, (short)3, 40, 44, 1, 2),
            (after.BaseOffset, after.LastOffset, after.Codec, after.ProducerId, after.ProducerEpoch, after.BaseSequence, after.LastSequence, after.PartitionLeaderEpoch, after.RecordCount));
        Assert.Equal(records[3].Timestamp, after.MaxTimestamp);
    }

    [Fact]
    public void The_time_of_the_append_stays()
    {
        var config = CleanerHarness.Compacted with { Validation = new ValidationRules { TimestampType = TimestampType.LogAppendTime } };
        using var harness = CleanerHarness.Opened(config);
        harness.Append(("a", "1"), ("b", null), ("c", "1"));
        harness.Append(("a", "2"));
        var before = LogContent.Headers(harness.Log)[0];
        harness.Pass(TimeSpan.FromHours(1));

        harness.RollAndClean();

        var after = LogContent.Headers(harness.Log)[0];
        Assert.Equal((TimestampType.LogAppendTime, before.MaxTimestamp), (after.TimestampType, after.MaxTimestamp));
        Assert.NotNull(after.DeleteHorizon);
        Assert.All(LogContent.ReadAll(harness.Log).Take(3), record => Assert.Equal(before.MaxTimestamp, record.Timestamp));
    }

    [Fact]
    public void Records_without_a_key_go()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append((null, "lost"), ("a", "1"), (null, null));

        harness.RollAndClean();

        Assert.Equal([("a", "1")], harness.Records());
    }

    [Theory]
    [InlineData(0, CompressionCodec.None)]
    [InlineData(1, CompressionCodec.None)]
    [InlineData(0, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.Gzip)]
    public void Messages_of_the_old_formats_are_cleaned_and_brought_up_to_date_where_they_must_be_written_anew(byte magic, CompressionCodec codec)
    {
        using var harness = new CleanerHarness();
        harness.Logs.Disk.CreateDirectory(harness.Logs.DirectoryPath);
        harness.Logs.Overwrite("00000000000000000000.log", TestBatches.Join(
            KeyedBatches.Legacy(magic, codec, 0, 100, ("a", "1"), ("b", "1"), ("c", "1")),
            KeyedBatches.Legacy(magic, codec, 3, 200, ("d", "1"), ("e", null)),
            KeyedBatches.Legacy(magic, codec, 5, 300, ("f", "1"))));
        harness.Logs.Open();
        harness.Append(("a", "2"), ("c", "2"));
        var kept = LogContent.Batches(harness.Log).Single(batch => LogContent.Decode(batch)[0].Key == "f");

        harness.RollAndClean();

        Assert.Equal([("b", "1"), ("d", "1"), ("e", null), ("f", "1"), ("a", "2"), ("c", "2")], harness.Records());
        Assert.Equal([1, 3, 4, 5, 6, 7, 8], LogContent.ReadAll(harness.Log).Select(record => (int)record.Offset));
        Assert.Equal(magic == 0 ? -1 : 101, LogContent.ReadAll(harness.Log)[0].Timestamp);
        Assert.Contains(kept, LogContent.Batches(harness.Log));
        Assert.Contains(LogContent.Headers(harness.Log), header => header.Codec == codec && header.LastOffset == 4 && header.DeleteHorizon is not null);

        harness.Pass(Retention);
        harness.RollAndClean();
        Assert.Equal([("b", "1"), ("d", "1"), ("f", "1"), ("a", "2"), ("c", "2")], harness.Records());
    }

    [Fact]
    public void A_batch_that_is_larger_than_the_buffer_is_cleaned_too()
    {
        using var harness = CleanerHarness.Opened();
        var large = new string('x', 300_000);
        harness.Append(("a", "1"), ("b", "1"));
        harness.Append(("a", large), ("c", "1"));
        harness.Append(("c", "2"), ("d", large));

        harness.RollAndClean();

        Assert.Equal([("b", "1"), ("a", large), ("c", "2"), ("d", large)], harness.Records());
    }

    [Fact]
    public void A_full_map_cleans_as_far_as_it_reaches_and_goes_on_from_there()
    {
        using var harness = CleanerHarness.Opened();
        harness.Options = harness.Options with { DedupeBufferSize = 24 * 5, DedupeBufferLoadFactor = 0.8 };
        for (var index = 0; index < 30; index++)
        {
            harness.Append((TestBatches.Value(index % 10), TestBatches.Value(index)), (TestBatches.Value(index % 3), "second"));
        }

        harness.Roll();
        var ends = new List<long>();
        while (harness.Clean() is { } result)
        {
            Assert.InRange(result.Keys, 1, 4);
            ends.Add(result.EndOffset);
        }

        Assert.True(ends.Count > 5);
        Assert.Equal(ends.Order().Distinct(), ends);
        Assert.Equal(60, ends[^1]);
        Assert.Equal(10, harness.Records().Count());
        Assert.Equal(10, harness.Records().DistinctBy(record => record.Key).Count());
    }

    [Fact]
    public void A_batch_with_more_keys_than_the_map_takes_is_said_once()
    {
        using var harness = CleanerHarness.Opened();
        harness.Options = harness.Options with { DedupeBufferSize = 24 * 3, DedupeBufferLoadFactor = 1 };
        harness.Append(("a", "1"), ("b", "1"), ("c", "1"));
        harness.Roll();

        Assert.Null(harness.Clean());
        Assert.Null(harness.Clean());

        Assert.Single(harness.Logger.Lines, line => line.Text.Contains("log.cleaner.dedupe.buffer.size", StringComparison.Ordinal));
        Assert.Equal(harness.Hosted.Partition, Assert.Single(harness.Cleaner.Uncleanable));
        Assert.Equal(4, LogContent.ReadAll(harness.Log).Count);
    }

    private static byte[] FirstBatch(byte[] bytes)
    {
        var walk = new RecordBatchEnumerator(bytes);
        Assert.True(walk.MoveNext());
        return walk.Current.ToArray();
    }
}
