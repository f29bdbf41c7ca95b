using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Shares;

public sealed class SharePartitionTests
{
    private const sbyte Gap = 0;
    private const sbyte Accept = 1;
    private const sbyte Release = 2;
    private const sbyte Reject = 3;
    private const sbyte Renew = 4;

    private readonly SharePartition _partition = new(new SharePartitionLimits { DeliveryCountLimit = 2, RecordLocksMax = 10, LockDurationMs = 100 }, 0, []);

    [Fact]
    public void Records_go_to_one_member_at_a_time_and_in_order()
    {
        Assert.Equal("0-4*1", Take("a", [(0, 4)]));
        Assert.Equal("5-9*1", Take("b", [(5, 9)]));
        Assert.Null(_partition.NextOffset);
        Assert.Equal("0-4 Acquired*1 a, 5-9 Acquired*1 b", State());
    }

    [Fact]
    public void A_batch_is_handed_out_whole_unless_the_number_is_strict()
    {
        Assert.Equal("0-6*1", Take("a", [(0, 6), (7, 9)], recordsMax: 3));
        Assert.Equal("7-8*1", Take("b", [(7, 9)], recordsMax: 2, mode: AcquireMode.RecordLimit));
        Assert.Equal(9, _partition.NextOffset);
        Assert.Equal("9-9*1", Take("b", [(7, 12)], recordsMax: 5, mode: AcquireMode.RecordLimit));
        Assert.Equal(10, _partition.EndOffset);
    }

    [Fact]
    public void Ranges_of_an_answer_end_at_a_batch_once_they_are_as_long_as_the_member_likes()
    {
        Assert.Equal("0-3*1, 4-5*1", Take("a", [(0, 1), (2, 3), (4, 5)], batchSize: 3));
    }

    [Fact]
    public void Offsets_that_were_found_to_have_no_records_are_finished()
    {
        _partition.FinishGap(0, 2);
        Assert.Equal((3, 3), (_partition.StartOffset, _partition.NextOffset));
        Assert.Equal("5-6*1", string.Join(", ", _partition.Acquire(new AcquireRequest("a", 9, 9, AcquireMode.BatchOptimized), 3, [new OffsetRange(5, 6)], 0, endOffset: 9)
            .Select(static range => $"{range.First}-{range.Last}*{range.DeliveryCount}")));
        Assert.Equal((5, 9), (_partition.StartOffset, _partition.NextOffset));
        Assert.Equal(2, _partition.RecordsHeld);
    }

    [Fact]
    public void What_is_accepted_moves_the_start_once_it_is_written_down()
    {
        Take("a", [(0, 4)]);
        var change = Acknowledge("a", (0, 1, [Accept]));
        Assert.Equal(0, _partition.StartOffset);
        Assert.Equal(2, change.StartOffset);
        Assert.Empty(change.Batches);
        _partition.Commit(change);
        Assert.Equal(2, _partition.StartOffset);
        Assert.Equal("2-4 Acquired*1 a", State());
    }

    [Fact]
    public void What_is_accepted_in_the_middle_waits_for_what_is_before()
    {
        Take("a", [(0, 4)]);
        var change = Acknowledge("a", (1, 3, [Accept, Accept, Reject]));
        Assert.Equal(0, change.StartOffset);
        Assert.Equal(3, change.DeliveryCompleteCount);
        Assert.Equal([new StateBatch(1, 2, DeliveryState.Acknowledged, 1), new StateBatch(3, 3, DeliveryState.Archived, 1)], change.Batches);
        Assert.Equal([new DeadLetters(new OffsetRange(3, 3), DeadLetterReason.Rejected, 1)], change.DeadLetters);
        _partition.Commit(change);
        Assert.Equal(3, _partition.DeliveryCompleteCount);
        _partition.Commit(Acknowledge("a", (0, 0, [Accept])));
        Assert.Equal(4, _partition.StartOffset);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_records_with_their_member()
    {
        Take("a", [(0, 4)]);
        var change = Acknowledge("a", (0, 4, [Accept]));
        Assert.Equal(ErrorCode.InvalidRecordState, _partition.Acknowledge("a", [new(0, 4, [Accept])], 0, out _));
        _partition.RollBack(change);
        Assert.Equal("0-4 Acquired*1 a", State());
        _partition.Commit(Acknowledge("a", (0, 4, [Accept])));
        Assert.Equal(5, _partition.StartOffset);
    }

    [Fact]
    public void What_is_released_is_delivered_again_until_its_deliveries_are_used_up()
    {
        Take("a", [(0, 1)]);
        _partition.Commit(Acknowledge("a", (0, 1, [Release])));
        Assert.Equal("0-1 Available*1", State());
        Assert.Equal(0, _partition.NextOffset);
        Assert.Equal("0-1*2, 2-3*1", Take("b", [(0, 3)]));
        var change = Acknowledge("b", (0, 3, [Release]));
        Assert.Equal([new DeadLetters(new OffsetRange(0, 1), DeadLetterReason.DeliveriesUsedUp, 2)], change.DeadLetters);
        _partition.Commit(change);
        Assert.Equal("2-3 Available*1", State());
    }

    [Fact]
    public void A_lock_that_ends_gives_the_records_to_others()
    {
        Take("a", [(0, 1)]);
        Assert.Equal(100, _partition.NextLockEndMs);
        Assert.Null(_partition.ExpireLocks(99));
        Assert.Equal([new StateBatch(0, 1, DeliveryState.Available, 1)], _partition.ExpireLocks(100)!.Batches);
        Assert.Equal(ErrorCode.InvalidRecordState, _partition.Acknowledge("a", [new(0, 1, [Accept])], 100, out _));
        Assert.Equal("0-1*2", Take("b", [(0, 1)], nowMs: 150));
        var change = _partition.ExpireLocks(250)!;
        Assert.Equal(DeadLetterReason.DeliveriesUsedUp, Assert.Single(change.DeadLetters).Reason);
        Assert.Equal("0-1 Acquired*2 b", State());
        _partition.RollBack(change);
        _partition.Commit(_partition.ExpireLocks(251)!);
        Assert.Equal(2, _partition.StartOffset);
    }

    [Fact]
    public void A_lock_that_is_renewed_begins_anew()
    {
        Take("a", [(0, 1)]);
        Assert.Equal(ErrorCode.None, _partition.Acknowledge("a", [new(0, 0, [Renew])], 60, out var change));
        Assert.Null(change);
        Assert.Equal(100, _partition.NextLockEndMs);
        _partition.ExpireLocks(100);
        Assert.Equal("0-0 Acquired*1 a, 1-1 Available*1", State());
        Assert.Equal(160, _partition.NextLockEndMs);
    }

    [Fact]
    public void A_delivery_to_a_member_that_leaves_does_not_count()
    {
        Take("a", [(0, 1)]);
        Take("b", [(2, 3)]);
        Assert.Equal([new StateBatch(0, 1, DeliveryState.Available, 0)], _partition.Release("a")!.Batches);
        Assert.Equal("0-1 Available*0, 2-3 Acquired*1 b", State());
        Assert.Null(_partition.Release("a"));
    }

    [Fact]
    public void Offsets_without_records_are_finished()
    {
        Assert.Equal("2-3*1, 6-7*1", Take("a", [(2, 3), (6, 7)]));
        Assert.Equal("2-3 Acquired*1 a, 4-5 Archived*0, 6-7 Acquired*1 a", State());
        _partition.Commit(Acknowledge("a", (2, 3, [Accept, Gap])));
        Assert.Equal(6, _partition.StartOffset);
    }

    [Theory]
    [InlineData("b", 0, 4, new[] { Accept }, ErrorCode.InvalidRecordState)]
    [InlineData("a", 0, 5, new[] { Accept }, ErrorCode.InvalidRecordState)]
    [InlineData("a", 3, 12, new[] { Accept }, ErrorCode.InvalidRecordState)]
    [InlineData("a", 0, 4, new[] { Accept, Accept }, ErrorCode.InvalidRequest)]
    [InlineData("a", 4, 0, new[] { Accept }, ErrorCode.InvalidRequest)]
    [InlineData("a", -1, 0, new[] { Accept }, ErrorCode.InvalidRequest)]
    [InlineData("a", 0, 0, new[] { (sbyte)5 }, ErrorCode.InvalidRequest)]
    [InlineData("a", 0, 0, new sbyte[0], ErrorCode.InvalidRequest)]
    public void A_word_that_does_not_hold_changes_nothing(string member, long first, long last, sbyte[] types, ErrorCode expected)
    {
        Take("a", [(0, 4)]);
        Take("b", [(5, 6)]);
        var before = State();
        Assert.Equal(expected, _partition.Acknowledge(member, [new(0, 0, [Renew]), new(first, last, types)], 50, out var change));
        Assert.Null(change);
        Assert.Equal(before, State());
        Assert.Equal(100, _partition.NextLockEndMs);
    }

    [Fact]
    public void What_the_log_has_let_go_of_is_finished_whoever_holds_it()
    {
        Take("a", [(0, 4)]);
        var change = Acknowledge("a", (2, 3, [Accept]));
        _partition.MoveStart(3);
        _partition.Commit(change);
        Assert.Equal("4-4 Acquired*1 a", State());
        Assert.Equal(ErrorCode.None, _partition.Acknowledge("a", [new(0, 4, [Accept])], 0, out var rest));
        _partition.Commit(rest!);
        Assert.Equal(5, _partition.StartOffset);
        _partition.MoveStart(20);
        Assert.Equal(20, _partition.NextOffset);
    }

    [Fact]
    public void After_a_restart_all_that_was_not_finished_is_available()
    {
        var restored = new SharePartition(
            _partition.Limits, 3, [new(0, 3, DeliveryState.Acknowledged, 1), new(5, 6, DeliveryState.Available, 1), new(9, 9, DeliveryState.Archived, 2)]);
        Assert.Equal("4-4 Available*0, 5-6 Available*1, 7-8 Available*0, 9-9 Archived*2", State(restored));
        Assert.Equal(10, restored.EndOffset);
        Assert.Throws<ArgumentException>(() => new SharePartition(_partition.Limits, 0, [new(0, 3, DeliveryState.Acquired, 1)]));
        Assert.Throws<ArgumentException>(() => new SharePartition(_partition.Limits, 0, [new(0, 3, DeliveryState.Archived, 1), new(3, 4, DeliveryState.Archived, 1)]));
    }

    private static string State(SharePartition partition) => string.Join(", ", partition.Describe().Select(static one =>
        $"{one.Batch.First}-{one.Batch.Last} {one.Batch.State}*{one.Batch.DeliveryCount}{(one.MemberId is null ? "" : $" {one.MemberId}")}"));

    private string State() => State(_partition);

    private string Take(
        string member, (long First, long Last)[] batches, int recordsMax = 500, int batchSize = 500, AcquireMode mode = AcquireMode.BatchOptimized, long nowMs = 0) =>
        string.Join(", ", _partition.Acquire(
                new AcquireRequest(member, recordsMax, batchSize, mode), _partition.NextOffset!.Value, [.. batches.Select(static one => new OffsetRange(one.First, one.Last))], nowMs)
            .Select(static one => $"{one.First}-{one.Last}*{one.DeliveryCount}"));

    private ShareStateChange Acknowledge(string member, (long First, long Last, sbyte[] Types) one)
    {
        Assert.Equal(ErrorCode.None, _partition.Acknowledge(member, [new(one.First, one.Last, one.Types)], 0, out var change));
        return change!;
    }
}
