using Spate.Storage.Producers;
using Spate.Storage.Transactions;
using Record = Spate.Protocol.Records.Record;

namespace Spate.Storage.Tests.Producers;

public sealed class ProducerTransactionTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("p1e0s0 p2e0s0", null, null)]
    [InlineData("p1e0s0t", 0L, 0L)]
    [InlineData("plain5 p1e0s0t p1e0s1t", 5L, 5L)]
    [InlineData("p1e0s0t p2e0s0t", 0L, 0L)]
    [InlineData("p1e0s0t p2e0s0t p1e0commit", 0L, 1L)]         // the marker is not replicated yet
    [InlineData("p1e0s0t p2e0s0t p2e0commit", 0L, 0L)]
    [InlineData("p1e0s0t p2e0s0t p1e0abort p2e0commit", 0L, null)]
    [InlineData("p1e0s0t p1e1s0t", 0L, 0L)]                     // a new epoch goes on with the transaction
    [InlineData("p1e0s0t p1e0commit p1e0s1t", 0L, 2L)]
    public void FirstUnstable_AnyLog(string steps, long? unstable, long? undecided)
    {
        var states = new ProducerLog().Do(steps).States;

        Assert.Equal(unstable, states.FirstUnstable?.Offset);
        Assert.Equal(undecided, states.FirstUndecidedOffset);
    }

    [Fact]
    public void FirstUnstable_OpenTransaction_KnowsWhereItsFirstBatchStands()
    {
        var log = new ProducerLog().Do("plain3 p1e0s0t p1e0s1t");

        Assert.Equal(new LogPosition(3, SegmentBaseOffset: 0, FilePosition: 300), log.States.FirstUnstable);
    }

    [Fact]
    public void AdvanceHighWatermark_PastTheMarker_MakesTheTransactionStable()
    {
        var log = new ProducerLog().Do("p1e0s0t p2e0s0t p1e0commit p3e0s0t");     // offsets 0 1 2 3

        Assert.Equal(0, log.States.LastStableOffset(highWatermark: 2));
        log.States.AdvanceHighWatermark(2);
        Assert.Equal(0, log.States.FirstUnstable?.Offset);
        log.States.AdvanceHighWatermark(3);
        Assert.Equal(1, log.States.FirstUnstable?.Offset);
        Assert.Equal(1, log.States.LastStableOffset(highWatermark: 4));
        Assert.Equal(0, log.States.LastStableOffset(highWatermark: 0));

        log.Do("p2e0abort p3e0abort");
        log.States.AdvanceHighWatermark(6);
        Assert.Null(log.States.FirstUnstable);
        Assert.Equal(6, log.States.LastStableOffset(highWatermark: 6));
    }

    [Fact]
    public void Apply_Marker_GivesTheTransactionWithTheLastStableOffsetForTheIndex()
    {
        var log = new ProducerLog().Do("p1e0s0t p2e0s0t p1e0s1t");

        Assert.Equal(
            new CompletedTransaction(2, FirstOffset: 1, LastOffset: 3, IsAborted: true, LastStableOffset: 0),
            log.Apply(ProducerLog.Marker(2, 0, isAbort: true)));
        var last = log.Apply(ProducerLog.Marker(1, 0, isAbort: true))!.Value;
        Assert.Equal(new CompletedTransaction(1, FirstOffset: 0, LastOffset: 4, IsAborted: true, LastStableOffset: 5), last);
        Assert.Equal(new AbortedTransaction(1, 0, 4, 5), last.ToAborted());
    }

    [Fact]
    public void Apply_MarkerWithoutATransaction_GivesNoneButRemembersItsEpochs()
    {
        var log = new ProducerLog();

        Assert.Null(log.Apply(ProducerLog.Marker(1, 4, coordinatorEpoch: 9)));

        Assert.Equal(
            new ProducerSnapshotEntry(1, Epoch: 4, LastSequence: -1, LastOffset: -1, OffsetDelta: 0, ProducerLog.Now, CoordinatorEpoch: 9, -1),
            log.States.Find(1));
        Assert.Null(log.States.FirstUnstable);
    }

    [Fact]
    public void HasOngoingTransaction_OtherEpoch_IsAnotherTransaction()
    {
        var log = new ProducerLog().Do("p1e2s0t p2e0s0");

        Assert.True(log.States.HasOngoingTransaction(1, 2));
        Assert.False(log.States.HasOngoingTransaction(1, 3));
        Assert.False(log.States.HasOngoingTransaction(2, 0));
        Assert.False(log.States.HasOngoingTransaction(3, 0));
    }

    [Fact]
    public void OldestTransactionTimestamp_IsThatOfItsLastBatch()
    {
        var log = new ProducerLog();
        Assert.Null(log.States.OldestTransactionTimestamp);

        log.Apply(ProducerLog.Batch(1, 0, 0, isTransactional: true, timestamp: 100));
        log.Apply(ProducerLog.Batch(2, 0, 0, isTransactional: true, timestamp: 200));
        Assert.Equal(100, log.States.OldestTransactionTimestamp);

        log.Apply(ProducerLog.Marker(1, 0));
        Assert.Equal(200, log.States.OldestTransactionTimestamp);
    }

    [Fact]
    public void AdvanceLogStart_PastAMarker_ForgetsTheTransactionAndKeepsTheProducer()
    {
        var log = new ProducerLog().Do("p1e0s0t p1e0commit");

        log.States.AdvanceLogStart(10);

        Assert.Null(log.States.FirstUnstable);
        Assert.Equal(10, log.EndOffset);
        Assert.Equal(1, log.States.Count);
    }

    [Fact]
    public void Apply_WhatWasAppliedAlready_IsABrokenInvariant()
    {
        var log = new ProducerLog().Do("p1e0s0 p1e0s1");

        Assert.Throws<InvalidOperationException>(() => log.States.Apply(ProducerLog.Batch(1, 0, 2) with { BaseOffset = 1 }, LogPosition.At(1), 0));
        Assert.Throws<InvalidOperationException>(() => log.States.Apply(ProducerLog.Marker(1, 0) with { Offset = 0 }, 0));
    }

    [Fact]
    public void Apply_BatchInWhichTheLogBegins_IsApplied()
    {
        var states = new ProducerStates();
        states.AdvanceLogStart(7);

        states.Apply(ProducerLog.Batch(1, 0, 0, count: 10) with { BaseOffset = 0 }, LogPosition.At(0), ProducerLog.Now);

        Assert.Equal(10, states.EndOffset);
    }

    [Theory]
    [InlineData("00000001", "000000000007", true, false)]       // commit
    [InlineData("00000000", "000000000007", true, true)]        // abort
    [InlineData("00010000FF", "000100000007FF", true, true)]    // later versions add behind
    [InlineData("00000002", "000000000007", false, false)]      // a leader change
    [InlineData("000000", "000000000007", false, false)]
    [InlineData("00000001", "0000000007", false, false)]
    [InlineData("FFFF0001", "000000000007", false, false)]
    [InlineData("00000001", "FFFF00000007", false, false)]
    public void TryRead_ControlRecord_IsAMarkerOrIsNot(string key, string value, bool isMarker, bool isAbort)
    {
        var batch = ProducerLog.Batch(5, 3, -1) with { BaseOffset = 100, BaseTimestamp = 1000 };
        var record = new Record { OffsetDelta = 2, TimestampDelta = 30, Key = Convert.FromHexString(key), Value = Convert.FromHexString(value) };

        Assert.Equal(isMarker, TransactionMarker.TryRead(batch, record, out var marker));
        Assert.Equal(isMarker ? new TransactionMarker(5, 3, CoordinatorEpoch: 7, isAbort, Offset: 102, Timestamp: 1030) : default, marker);
    }
}
