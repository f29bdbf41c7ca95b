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

    public static TheoryData<int, int, int, short, ErrorCode> Leaders => new()
    {
        { -1, -1, -1, 16, ErrorCode.None },
        { 3, -1, -1, 16, ErrorCode.None },
        { 2, -1, -1, 16, ErrorCode.FencedLeaderEpoch },
        { 4, -1, -1, 16, ErrorCode.UnknownLeaderEpoch },
        { -1, 2, -1, 16, ErrorCode.NotLeaderOrFollower },
        { -1, 1, -1, 16, ErrorCode.NotLeaderOrFollower },
        { -1, int.MaxValue, -1, 16, ErrorCode.NotLeaderOrFollower },
        { 3, 2, -1, 16, ErrorCode.UnknownLeaderEpoch },
        { 2, 2, -1, 16, ErrorCode.FencedLeaderEpoch },
        { -1, -2, -1, 16, ErrorCode.None },
        { -1, int.MinValue, -1, 16, ErrorCode.None },
        { -1, -1, 7, 14, ErrorCode.NotLeaderOrFollower },
        { 2, -1, -1, 12, ErrorCode.FencedLeaderEpoch },
        { -1, -1, 7, 0, ErrorCode.NotLeaderOrFollower },
    };

    /// <summary>A replica is named by a field of its own from version 15 on; this node has none beside itself.</summary>
    [Theory]
    [MemberData(nameof(Leaders))]
    public void Run_WrongEpochOrAReplicaThatIsNone_IsToldWhoLeads(int epoch, int replica, int olderReplica, short version, ErrorCode error)
    {
        var topic = Uuid.NewRandom(new Random(2));
        var partition = _partitions.New(topic, 1, leaderEpoch: 3);
        _table.Add(partition);
        partition.Append(Batches.Of("a"), Terms);
        var request = Ask.Fetch(version >= 13 ? "" : "t", version >= 13 ? topic : default, 1, 0);
        request.ReplicaId = olderReplica;
        request.ReplicaState = new FetchRequest.FetchReplicaState { ReplicaId = replica };
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        var pass = Pass(request, version);

        pass.Run();
        var isEnough = pass.IsEnough;
        var answer = pass.TakeReply().Responses[0].Partitions[0];
        answer.Records.Source?.Dispose();

        Assert.Equal((error, true), (answer.ErrorCode, isEnough));
        var tells = version >= 16 && error is (ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch);
        Assert.Equal(tells ? "1, 3" : null, answer.CurrentLeader is { } leader ? $"{leader.LeaderId}, {leader.LeaderEpoch}" : null);
    }

    /// <summary>The log begins with epoch 3, and goes on to offset 2.</summary>
    [Theory]
    [InlineData(-1, 2, ErrorCode.None, null, null)]
    [InlineData(3, 0, ErrorCode.None, null, null)]
    [InlineData(3, 2, ErrorCode.None, null, null)]
    [InlineData(3, 9, ErrorCode.None, 3, 2L)]
    [InlineData(2, 1, ErrorCode.None, 2, 0L)]
    [InlineData(2, 0, ErrorCode.None, null, null)]
    [InlineData(4, 0, ErrorCode.OffsetOutOfRange, null, null)]
    [InlineData(int.MaxValue, 2, ErrorCode.OffsetOutOfRange, null, null)]
    public void Run_LastFetchedEpoch_IsHeldAgainstTheLog(int epoch, long offset, ErrorCode error, int? divergingEpoch, long? end)
    {
        var topic = Uuid.NewRandom(new Random(2));
        var partition = _partitions.New(topic, 1, leaderEpoch: 3);
        _table.Add(partition);
        partition.Append(Batches.Of("a"), Terms);
        partition.Append(Batches.Of("b"), Terms);
        var request = Ask.Fetch("t", 1, offset);
        request.Topics[0].Partitions[0].LastFetchedEpoch = epoch;
        var pass = Pass(request);

        pass.Run();
        var answer = pass.TakeReply().Responses[0].Partitions[0];
        answer.Records.Source?.Dispose();

        Assert.Equal((error, divergingEpoch, end), (answer.ErrorCode, answer.DivergingEpoch?.Epoch, answer.DivergingEpoch?.EndOffset));
        Assert.Equal(error == ErrorCode.None ? 2 : -1, answer.HighWatermark);
        Assert.True(divergingEpoch is null || answer.Records.Length == 0);
    }

    [Fact]
    public void Run_LastFetchedEpochOfALogThatIsEmpty_IsNoDivergence()
    {
        _table.Add(_partitions.New(Uuid.NewRandom(new Random(2)), 1, leaderEpoch: 3));
        var request = Ask.Fetch("t", 1, 0);
        request.Topics[0].Partitions[0].LastFetchedEpoch = 3;
        var pass = Pass(request);

        pass.Run();

        Assert.Equal(ErrorCode.None, pass.TakeReply().Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public void Run_MoreInTheNextSegment_IsEnoughThoughTheSegmentEndsBefore()
    {
        Assert.Equal(ErrorCode.None, _table.Find("t", 0, out var partition));
        partition!.Log.Roll();
        partition.Append(Batches.Of(new string('b', 2000)), Terms);
        var pass = Pass(Ask.Fetch("t", 0, 0, maxWaitMs: 10, minBytes: 1000));

        pass.Run();

        Assert.True(pass.IsEnough);
        pass.Release();
    }

    [Theory]
    [InlineData(int.MaxValue, 1 << 20, false)]
    [InlineData(int.MaxValue, 60, true)]
    [InlineData(0, 60, true)]
    [InlineData(-5, 60, true)]
    [InlineData(int.MinValue, -1, true)]
    [InlineData(int.MaxValue, 0, true)]
    public void Run_MinBytes_AreNeverMoreThanMayCome(int minBytes, int maxBytes, bool isEnough)
    {
        var request = Ask.Fetch("t", 0, 0, maxWaitMs: 10, minBytes: minBytes, maxBytes: maxBytes);
        var pass = Pass(request);

        pass.Run();

        Assert.Equal(isEnough, pass.IsEnough);
        pass.Release();
    }

    private FetchPass Pass(FetchRequest request, short version = 12) =>
        new(_table, FetchedPartitions.Of(request.Topics), new FetchTerms(request, version, int.MaxValue, 1), isIncremental: false);
}
