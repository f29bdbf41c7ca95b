using Spate.Broker.Fetching;
using Spate.Broker.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Partitions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Fetching;

/// <summary>A look at partitions lets go of the files that it does not hand on.</summary>
public sealed class FetchPassTests : IDisposable
{
    private static readonly ProduceTerms Terms = new() { RequiresInSyncReplicas = false, AcceptsLegacyMagic = false, AcceptsZstd = true };

    private readonly TestPartitions _partitions = new();
    private readonly PartitionTable _table = new();

    public FetchPassTests()
    {
        var partition = _partitions.New(Uuid.NewRandom(new Random(1)), 0, leaderEpoch: 0);
        _table.Add(partition);
        partition.Append(Batches.Of("a"), Terms);
    }

    public void Dispose() => _partitions.Dispose();

    [Fact]
    public void Run_Again_LetsGoOfWhatTheRunBeforeHeld()
    {
        var pass = Pass(Ask.Fetch("t", 0, 0));
        pass.Run();
        var first = pass.TakeReply().Responses[0].Partitions[0].Records.Source!;
        pass.Run();
        var second = pass.TakeReply();
        pass.Release();

        // What was taken belongs to the taker, and only to him.
        Assert.Equal(first.Length, first.Read(0, new byte[first.Length]));
        first.Dispose();
        second.Responses[0].Partitions[0].Records.Source!.Dispose();
    }

    [Fact]
    public void Release_NotTaken_DisposesEverySourceAndTheReplyIsEmpty()
    {
        var pass = Pass(Ask.Fetch("t", 0, 0));
        pass.Run();
        Assert.True(_table.Find("t", 0, out var partition) == ErrorCode.None && pass.IsEnough);

        pass.Release();
        pass.Release();

        Assert.Empty(pass.TakeReply().Responses);
        Assert.NotNull(partition);
    }

    [Fact]
    public void Run_MinBytesNotReached_IsNotEnoughUntilMoreIsAppended()
    {
        var request = Ask.Fetch("t", 0, 0, maxWaitMs: 10, minBytes: 100);
        var pass = Pass(request);
        pass.Run();
        Assert.False(pass.IsEnough);

        _table.Find("t", 0, out var partition);
        partition!.Append(Batches.Of("b"), Terms);
        pass.Run();

        Assert.True(pass.IsEnough);
        pass.Release();
    }

    private FetchPass Pass(FetchRequest request) =>
        new(_table, FetchedPartitions.Of(request.Topics), new FetchTerms(request, 12, int.MaxValue, 1), isIncremental: false);
}
