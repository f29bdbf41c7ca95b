using Spate.Protocol.Records;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

public sealed class CompactedTransactionsTests
{
    private static readonly TimeSpan Retention = TimeSpan.FromMilliseconds(CleanerHarness.Compacted.DeleteRetentionMs);

    [Fact]
    public void Aborted_records_go_and_what_they_would_have_replaced_stays()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.AppendTransactional(5, 0, ("a", "aborted"), ("b", "aborted"));
        harness.EndTransaction(5, commit: false);
        harness.AppendTransactional(5, 2, ("b", "2"));
        harness.EndTransaction(5, commit: true);

        harness.RollAndClean();

        Assert.Equal([("a", "1"), ("b", "2")], harness.Records());
        Assert.Equal(["1", "2"], LogContent.ReadCommitted(harness.Log).Select(record => record.Value).Take(2));
    }

    [Fact]
    public void A_marker_goes_when_its_records_are_gone_and_its_time_is_over()
    {
        using var harness = CleanerHarness.Opened();
        harness.AppendTransactional(5, 0, ("a", "1"));
        harness.EndTransaction(5, commit: true);
        harness.AppendTransactional(5, 1, ("b", "aborted"));
        harness.EndTransaction(5, commit: false);
        harness.AppendTransactional(5, 2, ("a", "2"));
        harness.EndTransaction(5, commit: true);

        harness.RollAndClean();
        Assert.Equal([1L, 3, 5], Markers(harness));
        Assert.DoesNotContain(LogContent.Headers(harness.Log), header => header.DeleteHorizon is not null);

        // Now nothing of the first two is seen any more: their time begins.
        harness.RollAndClean();
        Assert.Equal([1L, 3, 5], Markers(harness));
        Assert.Equal([1L, 3], LogContent.Headers(harness.Log).Where(header => header.DeleteHorizon is not null).Select(header => header.BaseOffset));
        Assert.All(LogContent.Decode(LogContent.Batches(harness.Log)[0]), record => Assert.Equal(TestBatches.Epoch2027, record.Timestamp));

        harness.Pass(Retention - TimeSpan.FromMilliseconds(1));
        harness.RollAndClean();
        Assert.Equal([1L, 3, 5], Markers(harness));

        harness.Pass(TimeSpan.FromMilliseconds(1));
        harness.RollAndClean();
        Assert.Equal([5L], Markers(harness));
        Assert.Equal([("a", "2")], harness.Records());
    }

    [Fact]
    public void What_lies_behind_an_open_transaction_is_left_alone()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.Append(("a", "2"));
        harness.Log.Roll();
        harness.Append(("b", "1"));
        harness.AppendTransactional(5, 0, ("c", "open"));
        harness.Append(("b", "2"));
        harness.Roll();

        var result = harness.Clean();

        Assert.Equal(2, result!.EndOffset);
        Assert.Equal([("a", "2"), ("b", "1"), ("c", "open"), ("b", "2")], harness.Records());

        harness.EndTransaction(5, commit: false);
        harness.RollAndClean();
        Assert.Equal([("a", "2"), ("b", "2")], harness.Records());
    }

    [Fact]
    public void A_marker_in_a_later_segment_still_aborts_what_is_cleaned_before_it_and_what_is_emptied_stays_aborted()
    {
        using var harness = CleanerHarness.Opened();
        harness.Append(("a", "1"));
        harness.AppendTransactional(5, 0, ("a", "aborted"));
        harness.Log.Roll();
        harness.EndTransaction(5, commit: false);

        // The marker is in the active segment now.
        harness.Logs.Flushes.RunAll();
        Assert.NotNull(harness.Clean());

        Assert.Equal([("a", "1")], harness.Records());
        Assert.Equal(["1"], LogContent.ReadCommitted(harness.Log).Select(record => record.Value));
        var empty = Assert.Single(LogContent.Headers(harness.Log), header => header.RecordCount == 0);
        Assert.Equal((1, 1, 5, 0), (empty.BaseOffset, empty.LastOffset, empty.ProducerId, empty.BaseSequence));

        // As long as the empty batch is there its marker is, too: else it would look like an open transaction.
        for (var round = 0; round < 4; round++)
        {
            harness.Pass(Retention);
            harness.RollAndClean();
            Assert.Equal([2L], Markers(harness));
            harness.Logs.KillAndOpen(0);
            harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
            Assert.Equal(harness.Log.LogEndOffset, harness.Log.LastStableOffset);
        }
    }

    [Fact]
    public void The_last_batch_of_a_producer_is_kept_empty_until_another_follows_or_it_expires()
    {
        using var harness = CleanerHarness.Opened();
        var batch = KeyedBatches.Of(
            new RecordBatchOptions { ProducerId = 9, ProducerEpoch = 2, BaseSequence = 30 }, harness.Now, ("a", "1"), ("b", "1"));
        var first = harness.Logs.Append([.. batch]);
        harness.Append(("a", "2"), ("b", "2"));
        harness.Pass(TimeSpan.FromMinutes(1));

        harness.RollAndClean();
        harness.RollAndClean();

        var empty = LogContent.Headers(harness.Log)[0];
        Assert.Equal(
            (0, 0L, 1L, 9L, (short)2, 30, 31, TestBatches.Epoch2027 + 1),
            (empty.RecordCount, empty.BaseOffset, empty.LastOffset, empty.ProducerId, empty.ProducerEpoch, empty.BaseSequence, empty.LastSequence, empty.MaxTimestamp));
        for (var reopened = 0; reopened < 2; reopened++)
        {
            var again = harness.Logs.Append([.. batch]);
            Assert.True(again.IsDuplicate);
            Assert.Equal((first.FirstOffset, first.LastOffset), (again.FirstOffset, again.LastOffset));
            harness.Log.Dispose();
            DeleteSnapshots(harness);
            harness.Logs.Open();
            harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
        }

        harness.Append(new RecordBatchOptions { ProducerId = 9, ProducerEpoch = 2, BaseSequence = 32 }, ("c", "1"));
        harness.RollAndClean();
        Assert.DoesNotContain(LogContent.Headers(harness.Log), header => header.RecordCount == 0);

        harness.Append(("c", "2"));
        harness.RollAndClean();
        Assert.Single(LogContent.Headers(harness.Log), header => header.RecordCount == 0);
        harness.Pass(TimeSpan.FromDays(2));
        Assert.Equal(1, harness.Log.RemoveExpiredProducers(86_400_000));
        harness.RollAndClean();
        Assert.DoesNotContain(LogContent.Headers(harness.Log), header => header.RecordCount == 0);
    }

    [Fact]
    public void A_marker_that_alone_knows_the_epoch_of_its_producer_stays()
    {
        using var harness = CleanerHarness.Opened();
        harness.AppendTransactional(5, 0, ("a", "1"));
        var fencing = harness.Log.AppendAsLeader(
            TestBatches.Marker(5, 1, commit: false), 0, new LogAppendRequest { Origin = AppendOrigin.Coordinator, TransactionVersion = 2 });
        Assert.Equal(LogAppendError.None, fencing.Error);
        harness.Append(("a", "2"));

        for (var round = 0; round < 4; round++)
        {
            harness.RollAndClean();
            harness.Pass(Retention);
        }

        Assert.Equal([1L], Markers(harness));
        harness.Log.Dispose();
        DeleteSnapshots(harness);
        harness.Logs.Open();
        Assert.Equal(1, Assert.Single(harness.Log.DescribeProducers()).Epoch);
    }

    [Fact]
    public void The_index_of_aborted_transactions_is_what_the_batches_say()
    {
        using var harness = CleanerHarness.Opened();
        harness.AppendTransactional(5, 0, ("a", "aborted"));
        harness.EndTransaction(5, commit: false);
        harness.AppendTransactional(6, 0, ("b", "aborted"));
        harness.EndTransaction(6, commit: false);
        harness.AppendTransactional(5, 1, ("c", "1"));
        harness.EndTransaction(5, commit: true);

        harness.RollAndClean();
        Assert.Equal(2, harness.Log.Segments[0].Aborted.Count);

        // Of the first transaction nothing is left; of the second, the batch that holds the producer's last sequence.
        harness.RollAndClean();
        Assert.Equal(1, harness.Log.Segments[0].Aborted.Count);
        var result = harness.Log.Read(0, 1000, FetchBound.LastStable, true);
        using var source = result.Records;
        Assert.Equal((6, 2, 3), Assert.Single(result.AbortedTransactions!) is var left ? (left.ProducerId, left.FirstOffset, left.LastOffset) : default);
    }

    private static List<long> Markers(CleanerHarness harness) =>
        [.. LogContent.ReadAll(harness.Log).Where(record => record.IsControl).Select(record => record.Offset)];

    private static void DeleteSnapshots(CleanerHarness harness)
    {
        foreach (var name in harness.Logs.Names().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            harness.Logs.Disk.DeleteFile(harness.Logs.PathOf(name));
        }
    }
}
