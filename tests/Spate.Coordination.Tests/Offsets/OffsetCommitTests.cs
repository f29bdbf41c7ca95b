using Spate.Coordination.Tests.Harness;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Offsets;

public sealed class OffsetCommitTests
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task A_member_commits_for_its_generation()
    {
        var member = _bench.Stable(1)[0];
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(member, offset: 12))));
        Assert.Equal(12, await _bench.Committed());
    }

    [Fact]
    public async Task A_commit_that_does_not_fit_the_group_is_refused_and_changes_nothing()
    {
        var member = _bench.Stable(1)[0];
        Assert.Equal(ErrorCode.IllegalGeneration, Bench.Only(Bench.Now(_bench.Commit(member, generation: 0))));
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Only(Bench.Now(_bench.Commit(member with { Id = "nobody" }))));
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Only(Bench.Now(_bench.Commit())));
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Only(Bench.Now(_bench.Commit(version: 0))));
        Assert.Equal(ErrorCode.IllegalGeneration, Bench.Only(Bench.Now(_bench.Commit(group: "none", generation: 3))));
        Assert.Equal(ErrorCode.GroupIdNotFound, Bench.Only(Bench.Now(_bench.Commit(group: "none", generation: 3, version: 9))));
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, Bench.Only(Bench.Now(_bench.Commit(member, metadata: new string('x', 4097)))));
        Assert.Equal(-1, await _bench.Committed());
        Assert.Single(_bench.Log.Records); // the generation
    }

    [Fact]
    public async Task A_commit_during_a_round_counts_until_the_round_is_complete()
    {
        var members = _bench.Stable(2);
        var leader = _bench.Join(members[0].Id);
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(members[1], offset: 3))));
        var joined = Bench.Member(Bench.Now(_bench.Join(members[1].Id)));
        Bench.Now(leader);
        Assert.Equal(ErrorCode.IllegalGeneration, Bench.Only(Bench.Now(_bench.Commit(members[1], offset: 4))));
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Only(Bench.Now(_bench.Commit(joined, offset: 5))));
        Assert.Equal(3, await _bench.Committed());
    }

    [Fact]
    public void A_commit_is_as_good_as_a_heartbeat()
    {
        var member = _bench.Stable(1)[0];
        for (var i = 0; i < 4; i++)
        {
            _bench.Pass(8);
            Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(member))));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task Who_is_no_member_commits_where_there_are_no_members(short version)
    {
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(offset: 9, version: version))));
        Assert.Equal(9, await _bench.Committed());
        Assert.Equal("Empty", await _bench.State());

        Bench.Now(_bench.LeaveAlone(_bench.Stable(1)[0].Id));
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(offset: 10, version: version))));
        Assert.Equal(10, await _bench.Committed());
    }

    [Fact]
    public void In_an_empty_group_nobody_is_a_member()
    {
        Bench.Now(_bench.Commit());
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Only(Bench.Now(_bench.Commit(new TestMember("m", 0, false)))));
    }

    [Fact]
    public async Task The_empty_name_is_a_group_for_commits()
    {
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(group: "", offset: 4))));
        Assert.Equal(4, await _bench.Committed(""));
    }

    [Theory]
    [InlineData(ErrorCode.RequestTimedOut, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.InvalidCommitOffsetSize)]
    [InlineData(ErrorCode.RecordListTooLarge, ErrorCode.InvalidCommitOffsetSize)]
    [InlineData(ErrorCode.InvalidRequiredAcks, ErrorCode.InvalidRequiredAcks)]
    public async Task When_the_log_refuses_a_commit_it_has_not_happened(ErrorCode refusal, ErrorCode expected)
    {
        Bench.Now(_bench.Commit(offset: 1));
        _bench.Log.Verdict = () => refusal;
        Assert.Equal(expected, Bench.Only(Bench.Now(_bench.Commit(offset: 2))));
        Assert.Equal(1, await _bench.Committed());
    }

    [Fact]
    public async Task A_commit_that_hangs_is_answered_in_time_and_not_seen_until_it_is_committed()
    {
        _bench.Log.Holds = true;
        var commit = _bench.Commit(offset: 2);
        Assert.Equal(-1, await _bench.Committed());
        _bench.Pass(5);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Bench.Only(Bench.Now(commit)));
        _bench.Log.Release();
        Assert.Equal(2, await _bench.Committed());
    }

    [Fact]
    public async Task All_that_a_client_says_of_an_offset_comes_back()
    {
        Bench.Now(_bench.Commit(offset: 7, metadata: "note", leaderEpoch: 3));
        Bench.Now(_bench.Commit(offset: 8, metadata: null, partition: 1));
        var response = await _bench.Coordinator.OffsetFetchAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, new GroupClient("c", "/h", 5));
        Assert.Equal(
            [(0, 7L, 3, "note"), (1, 8L, -1, "")],
            Assert.Single(response.Topics).Partitions.Select(p => (p.PartitionIndex, p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata!)));
    }

    [Fact]
    public async Task Topics_named_by_id_come_back_with_their_ids()
    {
        var id = new Uuid(1, 2);
        var commit = await _bench.Coordinator.OffsetCommitAsync(
            new OffsetCommitRequest { GroupId = "g", Topics = [new() { Name = "t", TopicId = id, Partitions = [new() { PartitionIndex = 1, CommittedOffset = 6 }] }] },
            new GroupClient("c", "/h", 10));
        Assert.Equal(id, Assert.Single(commit.Topics).TopicId);

        var fetch = await _bench.Coordinator.OffsetFetchAsync(
            new OffsetFetchRequest
            {
                Groups =
                [
                    new() { GroupId = "g", MemberId = "m", MemberEpoch = 3, Topics = [new() { Name = "t", TopicId = id, PartitionIndexes = [1, 2] }] },
                    new() { GroupId = "none", Topics = null },
                    new() { GroupId = "g", Topics = null },
                ],
            },
            new GroupClient("c", "/h", 10));
        Assert.Equal(["g", "none", "g"], fetch.Groups.Select(group => group.GroupId));
        Assert.Equal(id, Assert.Single(fetch.Groups[0].Topics).TopicId);
        Assert.Equal([6, -1], fetch.Groups[0].Topics[0].Partitions.Select(partition => partition.CommittedOffset));
        Assert.Empty(fetch.Groups[1].Topics);
        Assert.Equal("t", Assert.Single(fetch.Groups[2].Topics).Name);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(7, false)]
    public async Task What_cannot_be_fetched_is_an_error_of_the_whole_or_in_old_versions_of_each_partition(short version, bool isByPartition)
    {
        await _bench.Coordinator.UnloadAsync(0, 1);
        var response = await _bench.Coordinator.OffsetFetchAsync(
            new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 3] }] }, new GroupClient("c", "/h", version));
        Assert.Equal(isByPartition ? ErrorCode.None : ErrorCode.NotCoordinator, response.ErrorCode);
        Assert.Equal(isByPartition ? [ErrorCode.NotCoordinator, ErrorCode.NotCoordinator] : [], response.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode));
    }
}
