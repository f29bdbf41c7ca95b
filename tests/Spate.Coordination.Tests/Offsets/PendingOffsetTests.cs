using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Offsets;

/// <summary>Offsets of transactions: the last one written counts, whoever ends first, and replay says the same.</summary>
public sealed class PendingOffsetTests
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task Of_two_transactions_the_one_that_wrote_last_counts()
    {
        await WriteAsync(1, 10);
        await WriteAsync(2, 20);
        await EndAsync(2, commits: true);
        Assert.Equal(20, await _bench.Committed());
        await EndAsync(1, commits: true);
        Assert.Equal(20, await _bench.Committed());
        await CheckReplayAsync(20);
    }

    [Fact]
    public async Task A_commit_outside_of_transactions_counts_when_it_came_later()
    {
        await WriteAsync(1, 10);
        Assert.Equal(ErrorCode.None, Bench.Only(await _bench.Commit(offset: 5)));
        await EndAsync(1, commits: true);
        Assert.Equal(5, await _bench.Committed());
        await CheckReplayAsync(5);
    }

    [Fact]
    public async Task An_aborted_transaction_leaves_nothing_and_its_group_goes()
    {
        await WriteAsync(1, 10);
        Assert.Equal(-1, await _bench.Committed());
        await EndAsync(1, commits: false);
        await EndAsync(1, commits: true);
        Assert.Equal(-1, await _bench.Committed());
        Assert.Equal("Dead", await _bench.State());
        await CheckReplayAsync(-1);
    }

    [Fact]
    public async Task A_group_that_is_deleted_does_not_come_back_with_the_end_of_a_transaction()
    {
        await WriteAsync(1, 10);
        Assert.Equal(ErrorCode.None, await _bench.Delete());
        await EndAsync(1, commits: true);
        Assert.Equal("Dead", await _bench.State());
        await CheckReplayAsync(-1);
    }

    [Fact]
    public async Task A_transaction_that_is_open_outlives_the_coordinator()
    {
        await WriteAsync(1, 10);
        var next = _bench.TakeOver();
        Assert.Equal(-1, await next.Committed());
        Assert.Equal(ErrorCode.None, await next.Coordinator.EndTransactionAsync(0, new TransactionEnd(1, 0, true, 0, 0)));
        Assert.Equal(10, await next.Committed());
    }

    private async Task WriteAsync(long producerId, long offset)
    {
        var reply = await _bench.Coordinator.TxnOffsetCommitAsync(
            new TxnOffsetCommitRequest
            {
                TransactionalId = "x",
                GroupId = "g",
                ProducerId = producerId,
                ProducerEpoch = 0,
                Topics =
                [
                    new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic
                    {
                        Name = "t",
                        Partitions = [new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = offset }],
                    },
                ],
            },
            0);
        Assert.Equal(ErrorCode.None, reply.Topics[0].Partitions[0].ErrorCode);
    }

    private async Task EndAsync(long producerId, bool commits) =>
        Assert.Equal(ErrorCode.None, await _bench.Coordinator.EndTransactionAsync(0, new TransactionEnd(producerId, 0, commits, 0, 0)));

    private async Task CheckReplayAsync(long offset)
    {
        var next = _bench.TakeOver();
        Assert.Equal(offset, await next.Committed());
        Assert.Equal(_bench.Dump(), next.Dump());
    }
}
