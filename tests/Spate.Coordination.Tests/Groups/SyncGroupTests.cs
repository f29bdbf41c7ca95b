using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Groups;

public sealed class SyncGroupTests
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task Followers_wait_for_the_leader_and_all_get_their_part()
    {
        var members = _bench.Gathered(3);
        var leader = members.Single(member => member.IsLeader);
        var syncs = members.Where(member => !member.IsLeader).ToDictionary(member => member, member => _bench.Sync(member));
        Assert.All(syncs.Values, sync => Assert.False(sync.IsCompleted));
        Assert.Equal("CompletingRebalance", await _bench.State());

        var response = Bench.Now(_bench.Sync(leader, assign: members));
        Assert.Equal(("consumer", "range"), (response.ProtocolType, response.ProtocolName));
        Assert.All(syncs, sync => Assert.Equal("part of " + sync.Key.Id, Encoding.UTF8.GetString(Bench.Now(sync.Value).Assignment.Span)));
        Assert.Equal("Stable", await _bench.State());
        Assert.Single(_bench.Log.Records);
    }

    [Fact]
    public void Syncing_again_in_a_stable_group_gives_the_same_part_again()
    {
        var member = _bench.Stable(2)[1];
        Assert.Equal("part of " + member.Id, Encoding.UTF8.GetString(Bench.Now(_bench.Sync(member)).Assignment.Span));
    }

    [Fact]
    public void Members_that_the_leader_left_out_get_nothing_and_those_it_made_up_are_nobody()
    {
        var members = _bench.Gathered(2);
        var leader = members.Single(member => member.IsLeader);
        var follower = _bench.Sync(members.Single(member => !member.IsLeader));
        Bench.Now(_bench.Sync(leader, assign: [leader, leader with { Id = "made up" }]));
        Assert.True(Bench.Now(follower).Assignment.IsEmpty);
        Assert.DoesNotContain("made up", _bench.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sync_that_does_not_fit_the_group_is_refused()
    {
        var member = _bench.Stable(1)[0];
        Assert.Equal(ErrorCode.InvalidGroupId, Bench.Now(_bench.Sync(member, "")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.Sync(member, "other")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.Sync(member with { Id = "nobody" })).ErrorCode);
        Assert.Equal(ErrorCode.IllegalGeneration, Bench.Now(_bench.Sync(member, generation: 7)).ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Bench.Now(_bench.Sync(member, type: "connect")).ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Bench.Now(_bench.Sync(member, protocol: "sticky")).ErrorCode);
        Assert.Equal(ErrorCode.None, Bench.Now(_bench.Sync(member, type: "consumer", protocol: "range")).ErrorCode);
    }

    [Fact]
    public void During_a_round_there_is_nothing_to_sync()
    {
        var members = _bench.Stable(2);
        _ = _bench.Join(members[0].Id);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(_bench.Sync(members[1])).ErrorCode);
    }

    [Fact]
    public void Ids_that_were_only_given_out_cannot_sync()
    {
        var id = Bench.Now(_bench.Join(version: 4)).MemberId;
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.Sync(new TestMember(id, 0, false))).ErrorCode);
    }

    [Fact]
    public void A_leader_that_never_syncs_is_out_and_the_others_begin_again()
    {
        var members = _bench.Gathered(2, session: 1_000_000);
        var follower = members.Single(member => !member.IsLeader);
        var sync = _bench.Sync(follower);
        _bench.Pass(30);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(sync).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(members.Single(member => member.IsLeader)));
        var rejoined = Bench.Member(Bench.Now(_bench.Join(follower.Id)));
        Assert.True(rejoined.IsLeader);
        _bench.SyncAll([rejoined]);
    }

    [Fact]
    public async Task A_follower_that_never_syncs_is_out_even_when_the_group_is_stable()
    {
        var members = _bench.Gathered(2, session: 1_000_000);
        var leader = members.Single(member => member.IsLeader);
        Bench.Now(_bench.Sync(leader, assign: members));
        Assert.Equal("Stable", await _bench.State());
        _bench.Pass(30);
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(leader));
        Assert.Equal(2, Bench.Now(_bench.Join(leader.Id)).GenerationId);
    }

    [Fact]
    public void A_member_that_syncs_again_while_it_waits_is_answered_for_the_earlier_request()
    {
        var members = _bench.Gathered(2);
        var follower = members.Single(member => !member.IsLeader);
        var lost = _bench.Sync(follower);
        var again = _bench.Sync(follower);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(lost).ErrorCode);
        Assert.False(again.IsCompleted);
        Bench.Now(_bench.Sync(members.Single(member => member.IsLeader), assign: members));
        Assert.Equal(ErrorCode.None, Bench.Now(again).ErrorCode);
    }

    [Fact]
    public void A_member_that_waits_for_the_leader_does_not_lose_its_session()
    {
        var members = _bench.Gathered(2, session: 6_000, rebalance: 60_000);
        var leader = members.Single(member => member.IsLeader);
        var sync = _bench.Sync(members.Single(member => !member.IsLeader));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ErrorCode.None, _bench.Heartbeat(leader));
            _bench.Pass(5);
        }

        Bench.Now(_bench.Sync(leader, assign: members));
        Assert.Equal(ErrorCode.None, Bench.Now(sync).ErrorCode);
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.UnknownTopicOrPartition, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.UnknownServerError)]
    public void When_the_log_refuses_the_generation_the_leader_hears_why_and_can_try_again(ErrorCode refusal, ErrorCode expected)
    {
        var members = _bench.Gathered(2);
        var leader = members.Single(member => member.IsLeader);
        var follower = _bench.Sync(members.Single(member => !member.IsLeader));
        _bench.Log.Verdict = () => refusal;
        Assert.Equal(expected, Bench.Now(_bench.Sync(leader, assign: members)).ErrorCode);
        Assert.False(follower.IsCompleted);
        _bench.Log.Verdict = () => ErrorCode.None;
        Assert.Equal(ErrorCode.None, Bench.Now(_bench.Sync(leader, assign: members)).ErrorCode);
        Assert.Equal(ErrorCode.None, Bench.Now(follower).ErrorCode);
    }

    [Fact]
    public void Nobody_is_answered_before_the_generation_is_in_the_log()
    {
        var members = _bench.Gathered(2);
        _bench.Log.Holds = true;
        var syncs = members.Select(member => _bench.Sync(member, assign: member.IsLeader ? members : [])).ToList();
        Assert.All(syncs, sync => Assert.False(sync.IsCompleted));
        Assert.All(members, member => Assert.Equal(ErrorCode.None, _bench.Heartbeat(member)));
        _bench.Log.Release();
        Assert.All(syncs, sync => Assert.Equal(ErrorCode.None, Bench.Now(sync).ErrorCode));
    }
}
