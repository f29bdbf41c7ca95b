using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Offsets;

/// <summary>Retention is an hour here, looked after every minute.</summary>
public sealed class OffsetExpiryTests
{
    private static readonly GroupCoordinatorOptions Hour = Bench.Defaults with
    {
        OffsetsRetention = TimeSpan.FromHours(1),
        OffsetsRetentionCheckInterval = TimeSpan.FromMinutes(1),
    };

    private readonly Bench _bench = new(Hour);

    [Fact]
    public async Task Without_members_ever_an_offset_goes_by_its_commit()
    {
        Bench.Now(_bench.Commit(partition: 0));
        _bench.Pass(TimeSpan.FromMinutes(30));
        Bench.Now(_bench.Commit(partition: 1));
        _bench.Pass(TimeSpan.FromMinutes(29));
        Assert.Equal(5, await _bench.Committed());
        _bench.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(new long[] { -1, 5 }, new[] { await _bench.Committed(), await _bench.Committed(partition: 1) });
        _bench.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal("Dead", await _bench.State());
        Assert.Equal("", _bench.TakeOver().Dump());
    }

    [Fact]
    public async Task An_empty_group_keeps_its_offsets_from_when_it_became_empty()
    {
        var member = _bench.Stable(1, session: 1_800_000)[0];
        Bench.Now(_bench.Commit(member));
        for (var i = 0; i < 10; i++)
        {
            _bench.Pass(TimeSpan.FromMinutes(20));
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
        }

        Bench.Now(_bench.LeaveAlone(member.Id));
        _bench.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(5, await _bench.Committed());

        // Another broker counts from the same moment.
        var other = _bench.TakeOver(Hour);
        Assert.True(_bench.Coordinator.UnloadAsync(0, 1).IsCompleted);
        other.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(-1, await other.Committed());
        Assert.Equal("Dead", await other.State());
        Assert.Equal("", other.Dump());
    }

    [Fact]
    public async Task A_commit_into_an_empty_group_counts_from_the_commit()
    {
        Bench.Now(_bench.LeaveAlone(_bench.Stable(1)[0].Id));
        Bench.Now(_bench.Commit());
        _bench.Pass(TimeSpan.FromMinutes(40));
        Bench.Now(_bench.Commit());
        _bench.Pass(TimeSpan.FromMinutes(40));
        Assert.Equal(5, await _bench.Committed());
    }

    [Fact]
    public async Task A_stable_group_keeps_the_topics_that_it_reads_and_loses_the_others()
    {
        var member = _bench.Stable(1, session: 1_800_000)[0];
        Bench.Now(_bench.Commit(member, topic: "t"));
        Bench.Now(_bench.Commit(member, topic: "formerly"));
        for (var i = 0; i < 4; i++)
        {
            _bench.Pass(TimeSpan.FromMinutes(20));
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
        }

        Assert.Equal(new long[] { 5, -1 }, new[] { await _bench.Committed(topic: "t"), await _bench.Committed(topic: "formerly") });
        Assert.Equal("Stable", await _bench.State());
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("consumer")]
    public async Task Members_that_do_not_tell_what_they_read_keep_everything(string type)
    {
        var join = _bench.Join(type: type, metadata: [1, 2, 3], session: 1_800_000);
        _bench.Pass(3);
        var member = Bench.Member(Bench.Now(join));
        _bench.SyncAll([member]);
        Bench.Now(_bench.Commit(member));
        for (var i = 0; i < 4; i++)
        {
            _bench.Pass(TimeSpan.FromMinutes(20));
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
        }

        Assert.Equal(5, await _bench.Committed());
    }

    [Fact]
    public async Task Old_clients_name_the_time_themselves()
    {
        Bench.Now(_bench.Commit(version: 2, retention: 120_000, leaderEpoch: 4));
        Bench.Now(_bench.Commit(version: 4, retention: long.MaxValue, partition: 1));
        Bench.Now(_bench.Commit(version: 1, timestamp: _bench.Time.GetUtcNow().AddMinutes(-55).ToUnixTimeMilliseconds(), partition: 2));
        _bench.Pass(TimeSpan.FromMinutes(1.5));
        Assert.Equal(5, await _bench.TakeOver(Hour).Committed());
        _bench.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(new long[] { -1, 5, 5 }, new[] { await _bench.Committed(), await _bench.Committed(partition: 1), await _bench.Committed(partition: 2) });
        _bench.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(new long[] { 5, -1 }, new[] { await _bench.Committed(partition: 1), await _bench.Committed(partition: 2) });
        _bench.Pass(TimeSpan.FromHours(100));
        Assert.Equal(5, await _bench.Committed(partition: 1));
    }

    [Fact]
    public async Task A_group_without_offsets_or_members_is_forgotten()
    {
        Bench.Now(_bench.LeaveAlone(_bench.Stable(1)[0].Id));
        _bench.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("Dead", await _bench.State());
        Assert.Equal("", _bench.TakeOver().Dump());
    }

    [Fact]
    public async Task Very_many_offsets_go_in_several_steps()
    {
        var request = new OffsetCommitRequest { GroupId = "g", Topics = [new() { Name = "t" }] };
        request.Topics[0].Partitions.AddRange(Enumerable.Range(0, 2500).Select(index => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = index }));
        await _bench.Coordinator.OffsetCommitAsync(request, new GroupClient("c", "/h", 7));
        _bench.Log.Batches.Clear();
        _bench.Pass(TimeSpan.FromMinutes(61));
        Assert.Equal([1000, 1000, 500], _bench.Log.Batches);
        Assert.Equal("", _bench.Dump());
    }

    [Fact]
    public async Task Offsets_of_deleted_topics_are_forgotten_in_all_groups()
    {
        var member = _bench.Stable(1)[0];
        Bench.Now(_bench.Commit(member));
        Bench.Now(_bench.Commit(group: "h"));
        Bench.Now(_bench.Commit(group: "h", topic: "u"));
        Assert.Equal(ErrorCode.None, await _bench.Coordinator.ForgetTopicsAsync(["t", "never"]));
        Assert.Equal(new long[] { -1, -1, 5 }, new[] { await _bench.Committed(), await _bench.Committed("h"), await _bench.Committed("h", "u") });
        Bench.Now(_bench.Commit(group: "h", topic: "t"));
        _bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await _bench.Coordinator.ForgetTopicsAsync(["t"]));
        Assert.Equal(5, await _bench.Committed("h"));
    }

    [Fact]
    public async Task Offsets_can_be_deleted_of_topics_that_nobody_reads()
    {
        async Task<(ErrorCode Whole, ErrorCode? Partition)> Delete(string group, string topic)
        {
            var response = await _bench.Coordinator.OffsetDeleteAsync(
                new OffsetDeleteRequest { GroupId = group, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0 }] }] });
            return (response.ErrorCode, response.Topics.FirstOrDefault()?.Partitions[0].ErrorCode);
        }

        var member = _bench.Stable(1)[0];
        Bench.Now(_bench.Commit(member, topic: "t"));
        Bench.Now(_bench.Commit(member, topic: "formerly"));
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), await Delete("g", "t"));
        Assert.Equal((ErrorCode.None, ErrorCode.None), await Delete("g", "formerly"));
        Assert.Equal((ErrorCode.None, ErrorCode.None), await Delete("g", "never"));
        Assert.Equal(new long[] { 5, -1 }, new[] { await _bench.Committed(topic: "t"), await _bench.Committed(topic: "formerly") });
        Assert.Equal((ErrorCode.GroupIdNotFound, null), await Delete("none", "t"));
        Assert.Equal((ErrorCode.InvalidGroupId, null), await Delete("", "t"));

        var join = _bench.Join(group: "workers", type: "connect");
        _bench.Pass(3);
        Bench.Now(join);
        Assert.Equal((ErrorCode.NonEmptyGroup, null), await Delete("workers", "t"));

        Bench.Now(_bench.Commit(group: "simple"));
        Assert.Equal((ErrorCode.None, ErrorCode.None), await Delete("simple", "t"));
        Assert.Equal("Dead", await _bench.State("simple"));
    }
}
