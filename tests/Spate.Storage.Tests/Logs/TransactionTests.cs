namespace Spate.Storage.Tests.Logs;

public sealed class TransactionTests
{
    [Fact]
    public void LastStableOffset_AnOpenTransaction_HoldsItBack()
    {
        using var harness = LogHarness.Opened();
        harness.Append("before");
        harness.Append(TestBatches.Transactional(1, 0, 0, "a"));
        harness.Append("between");

        Assert.Equal((3, 1), (harness.Log.HighWatermark, harness.Log.LastStableOffset));
        Assert.Equal(["before"], LogHarness.ReadAll(harness.Log, 0, bound: FetchBound.LastStable).Select(record => record.Value));
        Assert.Equal((3, 1), (harness.KillAndOpen().LogEndOffset, Stable(harness)));
        harness.AppendMarker(1, 0, commit: true);
        Assert.Equal(4, harness.Log.LastStableOffset);
        Assert.False(harness.Log.HasOngoingTransaction(1, 0));
    }

    [Fact]
    public void LastStableOffset_AMarkerThatIsNotReplicated_CountsOnlyWhenItIs()
    {
        using var harness = LogHarness.Opened();
        harness.Append(TestBatches.Transactional(1, 0, 0, "a"));
        harness.Log.AppendAsLeader(
            TestBatches.Marker(1, 0, commit: true), 0, new LogAppendRequest { Origin = AppendOrigin.Coordinator });

        Assert.Equal(0, harness.Log.LastStableOffset);
        harness.Log.UpdateHighWatermark(2);
        Assert.Equal(2, harness.Log.LastStableOffset);
    }

    [Fact]
    public void Read_CommittedRecords_NamesTheAbortedTransactionsAmongThem()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 300, IndexIntervalBytes = 100, RetentionMs = -1 });
        for (var round = 0; round < 10; round++)
        {
            harness.Append(TestBatches.Transactional(round, 0, 0, TestBatches.Value(round)));
            harness.AppendMarker(round, 0, commit: round % 2 == 0);
        }

        for (var reopened = 0; reopened < 3; reopened++)
        {
            Assert.True(harness.Log.SegmentCount > 3);
            for (var offset = 0; offset < 20; offset++)
            {
                var result = harness.Log.Read(offset, 100, FetchBound.LastStable, true);
                using var source = result.Records;
                var records = new List<StoredRecord>();
                LogHarness.Decode(LogHarness.ToArray(source), offset, records);
                var expected = Enumerable.Range(0, 10).Where(round => round % 2 == 1 && records.Any(record => record.Offset == round * 2));
                Assert.Superset(expected.Select(round => (long)round).ToHashSet(), result.AbortedTransactions!.Select(entry => entry.ProducerId).ToHashSet());
                Assert.All(result.AbortedTransactions!, entry => Assert.True(entry.LastOffset >= offset && entry.ProducerId % 2 == 1));
            }

            Assert.True(reopened == 0 ? harness.CloseAndOpen().LogEndOffset == 20 : harness.KillAndOpen(0).LogEndOffset == 20);
            harness.Log.UpdateHighWatermark(20);
        }

        Assert.Null(harness.Log.Read(0, 100, FetchBound.HighWatermark, true).AbortedTransactions);
    }

    [Fact]
    public void BeginVerification_AFirstBatchThatMustBeVerified_IsTakenWithItsGuardOnly()
    {
        using var harness = LogHarness.Opened();
        var request = new LogAppendRequest { MustVerify = true };
        var batch = TestBatches.Transactional(1, 0, 0, "a");

        Assert.Equal(LogAppendError.InvalidTransactionState, harness.Log.AppendAsLeader(batch.AsMemory().ToArray(), 0, request).Error);
        var guard = harness.Log.BeginVerification(1, 0, 0, bumpsEpoch: false);
        Assert.Equal(LogAppendError.None, harness.Log.AppendAsLeader(batch.AsMemory().ToArray(), 0, request with { Guard = guard }).Error);
        Assert.True(harness.Log.HasOngoingTransaction(1, 0));
    }

    [Fact]
    public void Open_ProducersWithoutASnapshot_AreFoundAgainFromTheLog()
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 300, IndexIntervalBytes = 100, RetentionMs = -1 });
        for (var index = 0; index < 20; index++)
        {
            harness.Append(TestBatches.Idempotent(index % 3, 0, index / 3, TestBatches.Value(index)));
        }

        var known = harness.Log.DescribeProducers();
        harness.Log.Close();
        foreach (var name in harness.Names().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            harness.Disk.DeleteFile(harness.PathOf(name));
        }

        Assert.Equal(known, harness.Open(clean: true).DescribeProducers());
        Assert.True(harness.Append(TestBatches.Idempotent(1, 0, 6, TestBatches.Value(19))).IsDuplicate);
    }

    private static long Stable(LogHarness harness)
    {
        harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
        return harness.Log.LastStableOffset;
    }
}
