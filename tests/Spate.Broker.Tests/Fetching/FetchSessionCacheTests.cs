using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Fetching;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Fetching;

/// <summary>Who gets a place among the sessions, and who has to give way.</summary>
public sealed class FetchSessionCacheTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TryBegin_NoPlaces_IsNoSession() => Assert.Null(Cache(0).TryBegin(Partitions(1), isPrivileged: false, namesTopicsById: true));

    [Theory]
    [InlineData(1, 100)]
    [InlineData(120, 100)]
    public void TryBegin_AllPlacesTakenByYoungOnes_IsNoSessionHoweverLarge(int seconds, int size)
    {
        var cache = Cache(2);
        var first = Begin(cache, 1);
        Begin(cache, 2);
        _clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Null(cache.TryBegin(Partitions(size), isPrivileged: false, namesTopicsById: true));
        Assert.Same(first, cache.Find(first.Id));
        Assert.Equal((2, 3, 0L), (cache.Count, cache.PartitionCount, cache.Evictions));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(1, false)]
    public void TryBegin_AllPlacesTakenByOldOnesInUse_TakesThatOfTheSmallestWhenItIsSmaller(int size, bool isTaken)
    {
        var cache = Cache(2);
        var small = Begin(cache, 2);
        var large = Begin(cache, 5);
        _clock.Advance(TimeSpan.FromSeconds(121));
        cache.Touch(small);
        cache.Touch(large);

        Assert.Equal(isTaken, cache.TryBegin(Partitions(size), isPrivileged: false, namesTopicsById: true) is not null);
        Assert.Equal(isTaken, cache.Find(small.Id) is null);
        Assert.Same(large, cache.Find(large.Id));
        Assert.Equal(isTaken ? 1 : 0, cache.Evictions);
    }

    [Fact]
    public void TryBegin_OneThatNobodyUsed_GivesWayToASmallerOne()
    {
        var cache = Cache(2);
        var idle = Begin(cache, 50);
        var used = Begin(cache, 1);
        _clock.Advance(TimeSpan.FromSeconds(121));
        cache.Touch(used);

        Assert.NotNull(cache.TryBegin(Partitions(1), isPrivileged: false, namesTopicsById: true));
        Assert.Null(cache.Find(idle.Id));
        Assert.Same(used, cache.Find(used.Id));
        Assert.Equal(2, cache.PartitionCount);
    }

    [Theory]
    [InlineData(false, true, 1, true)]
    [InlineData(false, false, 100, false)]
    [InlineData(true, false, 100, false)]
    [InlineData(true, true, 100, false)]
    public void TryBegin_OneThatIsYoung_GivesWayToAFollowerOnlyAndOnlyAsAConsumer(bool isPrivileged, bool newcomerIsPrivileged, int size, bool isTaken)
    {
        var cache = Cache(1);
        Assert.NotNull(cache.TryBegin(Partitions(3), isPrivileged, namesTopicsById: true));

        Assert.Equal(isTaken, cache.TryBegin(Partitions(size), newcomerIsPrivileged, namesTopicsById: true) is not null);
    }

    [Theory]
    [InlineData(false, 100, false)]
    [InlineData(true, 3, false)]
    [InlineData(true, 4, true)]
    public void TryBegin_FollowersThatAreOld_GiveWayToLargerFollowersOnly(bool newcomerIsPrivileged, int size, bool isTaken)
    {
        var cache = Cache(1);
        var session = cache.TryBegin(Partitions(3), isPrivileged: true, namesTopicsById: true)!;
        _clock.Advance(TimeSpan.FromSeconds(121));
        cache.Touch(session);

        Assert.Equal(isTaken, cache.TryBegin(Partitions(size), newcomerIsPrivileged, namesTopicsById: true) is not null);
    }

    [Fact]
    public void TryBegin_IdThatIsTaken_IsNotGivenTwice()
    {
        var cache = new FetchSessionCache(() => 3, _clock, new ScriptedRandom(7, 7, 7, 9));

        Assert.Equal([7, 9], [Begin(cache, 1).Id, Begin(cache, 1).Id]);
    }

    [Fact]
    public void TryBegin_MorePartitionsThanAllMayHave_IsNoSession()
    {
        var cache = new FetchSessionCache(() => 10, _clock, new Random(1), partitionsMax: 5);
        var session = Begin(cache, 3);
        Assert.Null(cache.TryBegin(Partitions(3), isPrivileged: false, namesTopicsById: true));

        session.Partitions.Update(Topics(6));

        Assert.False(cache.Touch(session));
        Assert.Null(cache.Find(session.Id));
        Assert.Equal((0, 0), (cache.Count, cache.PartitionCount));
    }

    [Fact]
    public async Task Close_SessionInUse_StaysTheUsersUntilItLeaves()
    {
        var cache = Cache(1);
        var session = Begin(cache, 1);
        Assert.True(await session.EnterAsync(default));
        var second = session.EnterAsync(default);
        Assert.False(second.IsCompleted);

        cache.End(session);
        session.Leave();

        Assert.False(await second);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(int.MaxValue, 1)]
    public void After_LastEpoch_BeginsAgainBehindTheFirst(int epoch, int next) => Assert.Equal(next, FetchSession.After(epoch));

    private FetchSessionCache Cache(int slots) => new(() => slots, _clock, new Random(1));

    private static FetchSession Begin(FetchSessionCache cache, int size)
    {
        var session = cache.TryBegin(Partitions(size), isPrivileged: false, namesTopicsById: true);
        Assert.NotNull(session);
        return session;
    }

    private static FetchedPartitions Partitions(int count) => FetchedPartitions.Of(Topics(count));

    private static List<FetchRequest.FetchTopic> Topics(int count) =>
        [new FetchRequest.FetchTopic { Topic = "t", Partitions = [.. Enumerable.Range(0, count).Select(index => new FetchRequest.FetchPartition { Partition = index })] }];

    private sealed class ScriptedRandom(params int[] values) : Random
    {
        private int _next;

        public override int Next(int minValue, int maxValue) => values[_next++];
    }
}
