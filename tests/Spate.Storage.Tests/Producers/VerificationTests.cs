using Spate.Protocol.Records;
using Spate.Storage.Producers;
using static Spate.Storage.Producers.ProducerCheckOutcome;

namespace Spate.Storage.Tests.Producers;

/// <summary>KIP-890: a transaction reaches a partition only after its coordinator has said that the partition belongs to it.</summary>
public sealed class VerificationTests
{
    private readonly ProducerLog _log = new();

    [Fact]
    public void A_first_batch_without_a_guard_or_with_a_false_one_is_refused()
    {
        var guard = Begin(1, 0, 0);

        Assert.Equal(InvalidTransactionState, Check("p1e0s0t", VerificationGuard.None));
        Assert.Equal(InvalidTransactionState, Check("p1e0s0t", new VerificationGuard(guard.Number + 1)));
        Assert.Equal(InvalidTransactionState, Check("p2e0s0t", guard));
        Assert.Equal(Accepted, Check("p1e0s0t", guard));
        Assert.Equal(Accepted, Check("p2e0s0", VerificationGuard.None));
    }

    [Fact]
    public void Nothing_is_asked_for_while_the_transaction_is_open_in_the_same_epoch()
    {
        _log.Do("p1e0s0t");

        Assert.True(Begin(1, 0, 1).IsNone);
        Assert.Equal(Accepted, Check("p1e0s1t", VerificationGuard.None));
        Assert.False(Begin(1, 1, 0).IsNone);
        Assert.Equal(InvalidTransactionState, Check("p1e1s0t", VerificationGuard.None));
    }

    [Fact]
    public void A_guard_is_worth_nothing_after_the_append_or_after_a_marker()
    {
        var used = Begin(1, 0, 0);
        _log.Do("p1e0s0t p1e0commit");
        Assert.Equal(InvalidTransactionState, Check("p1e0s1t", used));

        var overtaken = Begin(1, 0, 1);
        _log.Do("p1e0abort");
        Assert.Equal(InvalidTransactionState, Check("p1e0s1t", overtaken));
        Assert.NotEqual(overtaken, Begin(1, 0, 1));
    }

    [Fact]
    public void Batches_that_wait_together_share_the_guard_and_go_in_order()
    {
        var guard = Begin(1, 0, 5);
        Assert.Equal(guard, Begin(1, 0, 6));
        Assert.Equal(guard, Begin(1, 0, 3));

        Assert.Equal(OutOfOrderSequence, Check("p1e0s5t", guard));
        Assert.Equal(Accepted, Check("p1e0s3t", guard));
    }

    [Fact]
    public void A_newer_epoch_sets_the_lowest_sequence_anew()
    {
        var guard = Begin(1, 0, 0);
        Begin(1, 1, 4);

        Assert.Equal(Accepted, Check("p1e1s4t", guard));
        Assert.Equal(OutOfOrderSequence, Check("p1e1s5t", guard));
    }

    [Theory]
    [InlineData("", "p1e0s0t", Accepted)]
    [InlineData("", "p1e0s1t", OutOfOrderSequence)]
    [InlineData("p1e0s0t p1e1commit", "p1e1s0t", Accepted)]
    [InlineData("p1e0s0t p1e1commit", "p1e1s1t", OutOfOrderSequence)]
    public void A_producer_that_bumps_its_epoch_begins_at_zero(string log, string incoming, ProducerCheckOutcome expected)
    {
        _log.Do(log);
        var batch = ProducerLog.Parse(incoming);
        var guard = _log.States.BeginVerification(1, batch.ProducerEpoch, batch.BaseSequence, bumpsEpoch: true, ProducerLog.Now);

        Assert.Equal(expected, Check(incoming, guard));
    }

    [Fact]
    public void A_question_that_was_never_used_expires()
    {
        var guard = Begin(1, 0, 0);
        Assert.Equal(0, _log.States.RemoveExpired(ProducerLog.Now + 99, expirationMilliseconds: 100));
        Assert.Equal(Accepted, Check("p1e0s0t", guard));

        _log.States.RemoveExpired(ProducerLog.Now + 100, expirationMilliseconds: 100);
        Assert.Equal(InvalidTransactionState, Check("p1e0s0t", guard));
    }

    [Fact]
    public void A_duplicate_needs_no_guard()
    {
        _log.Do("p1e0s0t p1e0commit");

        Assert.Equal(Duplicate, Check("p1e0s0t", VerificationGuard.None));
    }

    private VerificationGuard Begin(long producerId, short epoch, int firstSequence) =>
        _log.States.BeginVerification(producerId, epoch, firstSequence, bumpsEpoch: false, ProducerLog.Now);

    private ProducerCheckOutcome Check(string incoming, VerificationGuard guard)
    {
        RecordBatchHeader batch = ProducerLog.Parse(incoming);
        return _log.States.Check(batch, AppendOrigin.Client, guard, mustVerify: true).Outcome;
    }
}
