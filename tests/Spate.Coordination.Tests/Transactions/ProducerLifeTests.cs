using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>Who has a transactional id, in which epoch, and what becomes of whoever had it.</summary>
public sealed class ProducerLifeTests : IDisposable
{
    private readonly TransactionBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_producer_that_names_its_epoch_goes_on_in_the_next_and_its_repetition_is_known()
    {
        var first = _bench.Get(_bench.Initialize("x"));
        var second = _bench.Get(_bench.Initialize("x", first.ProducerId, first.ProducerEpoch));
        var again = _bench.Get(_bench.Initialize("x", first.ProducerId, first.ProducerEpoch));

        Assert.Equal((first.ProducerId, (short)1), (second.ProducerId, second.ProducerEpoch));
        Assert.Equal((second.ProducerId, second.ProducerEpoch), (again.ProducerId, again.ProducerEpoch));
        Assert.Equal(ErrorCode.ProducerFenced, _bench.Get(_bench.Initialize("x", first.ProducerId, 5)).ErrorCode);
        Assert.Equal(ErrorCode.ProducerFenced, _bench.Get(_bench.Initialize("x", 1, 0)).ErrorCode);
    }

    [Fact]
    public void A_zombie_does_not_abort_what_its_successor_does()
    {
        var zombie = _bench.Get(_bench.Initialize("x"));
        var owner = Own(_bench.Get(_bench.Initialize("x")));
        Assert.Equal(ErrorCode.None, _bench.Get(_bench.Add(owner, 0, 0)));

        Assert.Equal(ErrorCode.ProducerFenced, _bench.Get(_bench.Initialize("x", zombie.ProducerId, zombie.ProducerEpoch)).ErrorCode);
        Assert.Equal(ErrorCode.None, _bench.Get(_bench.End(owner, commits: true, 3)).ErrorCode);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_producer_whose_epochs_are_used_up_goes_on_under_another_id(short version)
    {
        var given = _bench.Get(_bench.Initialize("x"));
        while (given.ProducerEpoch < Transaction.LastGivenEpoch)
        {
            given = _bench.Get(_bench.Initialize("x"));
        }

        var owner = Own(given);
        Assert.Equal(ErrorCode.None, _bench.Get(_bench.Add(owner, 0, version >= 5 ? (short)2 : (short)0)));
        var ended = _bench.Get(_bench.End(owner, commits: true, version));
        Assert.Equal(ErrorCode.None, ended.ErrorCode);
        if (version >= 5)
        {
            Assert.NotEqual(given.ProducerId, ended.ProducerId);
            Assert.Equal(0, ended.ProducerEpoch);
            var repeated = _bench.Get(_bench.End(owner, commits: true, version));
            Assert.Equal((ErrorCode.None, ended.ProducerId, (short)0), (repeated.ErrorCode, repeated.ProducerId, repeated.ProducerEpoch));
            return;
        }

        var next = _bench.Get(_bench.Initialize("x"));
        Assert.NotEqual(given.ProducerId, next.ProducerId);
        Assert.Equal(0, next.ProducerEpoch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_decided_is_done_by_whoever_loads_the_log_next(bool commits)
    {
        var isBroken = true;
        using var bench = new TransactionBench(() => isBroken);
        var given = bench.Get(bench.Initialize("x"));
        var owner = Own(given);
        Assert.Equal(ErrorCode.None, bench.Get(bench.Add(owner, 2, 2)));
        var partition = bench.Partitions[new TopicPartition("t", 2)];
        Assert.True(partition.Write(owner.ProducerId, owner.ProducerEpoch, partition.BeginVerification(owner.ProducerId, owner.ProducerEpoch), 1));

        // Decided, and told to nobody: the answer comes all the same.
        Assert.Equal(ErrorCode.None, bench.Get(bench.End(owner, commits, 5)).ErrorCode);
        Assert.Equal(ErrorCode.ConcurrentTransactions, bench.Get(bench.End(owner, commits, 5)).ErrorCode);
        Assert.Equal(ErrorCode.ConcurrentTransactions, bench.Get(bench.Initialize("x")).ErrorCode);
        Assert.Empty(partition.Outcomes);

        bench.Load();
        isBroken = false;
        bench.Pass(1);
        Assert.Equal(commits, partition.Outcomes[1]);
        Assert.Contains(commits ? "CompleteCommit" : "CompleteAbort", bench.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Transactions_are_written_down_as_the_cluster_understands_them()
    {
        foreach (var level in (short[])[0, 1, 2])
        {
            using var bench = new TransactionBench(options: new TransactionCoordinatorOptions { FeatureLevel = () => level });
            var owner = Own(bench.Get(bench.Initialize("x")));
            Assert.Equal(ErrorCode.None, bench.Get(bench.Add(owner, 1, 0)));
            Assert.All(bench.Log.Records, record => Assert.Equal(level == 0 ? 0 : 1, record.Value!.Value.Span[1]));
            var before = bench.Dump();
            bench.Load();
            Assert.Equal(before, bench.Dump());
        }
    }

    private static TransactionOwner Own(Protocol.Messages.InitProducerIdResponse given)
    {
        Assert.Equal(ErrorCode.None, given.ErrorCode);
        return new TransactionOwner("x", given.ProducerId, given.ProducerEpoch);
    }
}
