using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Groups;

/// <summary>Heartbeats, sessions and leaving.</summary>
public sealed class MembershipTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void A_heartbeat_that_does_not_fit_the_group_is_refused()
    {
        var member = _bench.Stable(1)[0];
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
        Assert.Equal(ErrorCode.InvalidGroupId, _bench.Heartbeat(member, ""));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(member, "other"));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(member with { Id = "nobody" }));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(member with { InstanceId = "no instance" }));
        Assert.Equal(ErrorCode.IllegalGeneration, _bench.Heartbeat(member, generation: 0));
    }

    [Fact]
    public void Between_join_and_sync_a_heartbeat_is_fine()
    {
        Assert.All(_bench.Gathered(2), member => Assert.Equal(ErrorCode.None, _bench.Heartbeat(member)));
    }

    [Fact]
    public async Task Heartbeats_keep_a_session_and_silence_ends_it()
    {
        var members = _bench.Stable(2);
        _bench.Pass(9);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(members[0]));
        Assert.Equal("Stable", await _bench.State());
        _bench.Pass(9);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(members[1]));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(members[0]));
        Assert.Equal("PreparingRebalance", await _bench.State());
    }

    [Fact]
    public async Task When_the_last_session_ends_the_group_is_empty_and_the_log_says_so()
    {
        _bench.Stable(2);
        _bench.Pass(11);
        Assert.Equal("Empty", await _bench.State());
        var group = await _bench.Describe();
        Assert.Equal(("consumer", "", 0), (group.ProtocolType, group.ProtocolData, group.Members.Count));
        Assert.Contains("generation 2 by  led by  with", _bench.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_log_refuses_that_a_group_is_empty_it_is_tried_again()
    {
        _bench.Stable(1);
        _bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        _bench.Pass(15);
        Assert.Equal("Stable", await _bench.State());
        _bench.Log.Verdict = () => ErrorCode.None;
        _bench.Pass(1);
        Assert.Equal("Empty", await _bench.State());
    }

    [Fact]
    public void When_the_leaders_session_ends_between_join_and_sync_followers_begin_again()
    {
        var members = _bench.Gathered(2, rebalance: 60_000);
        var follower = members.Single(member => !member.IsLeader);
        var sync = _bench.Sync(follower);
        _bench.Pass(10);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(sync).ErrorCode);
        Assert.True(Bench.Member(Bench.Now(_bench.Join(follower.Id))).IsLeader);
    }

    [Fact]
    public void When_a_follower_is_lost_while_a_round_is_gathered_the_round_need_not_wait_for_it()
    {
        var members = _bench.Stable(3);
        var leader = _bench.Join(members[0].Id);
        var follower = _bench.Join(members[1].Id);
        Assert.False(leader.IsCompleted);
        _bench.Pass(11);
        Assert.Equal(2, Bench.Now(leader).Members.Count);
        Assert.Equal(2, Bench.Now(follower).GenerationId);
    }

    [Fact]
    public void A_member_that_waits_in_a_round_does_not_lose_its_session()
    {
        var members = _bench.Stable(2, session: 6_000, rebalance: 60_000);
        var leader = _bench.Join(members[0].Id, session: 6_000, rebalance: 60_000);
        for (var i = 0; i < 10; i++)
        {
            _bench.Pass(5);
            Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(members[1]));
        }

        Bench.Now(_bench.Join(members[1].Id));
        Assert.Equal(2, Bench.Now(leader).Members.Count);
    }

    [Fact]
    public async Task Leaving_tells_each_member_for_itself()
    {
        var members = _bench.Stable(3);
        var response = Bench.Now(_bench.Leave((members[1].Id, null), ("nobody", null), (members[1].Id, null), (members[2].Id, null)));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.None],
            response.Members.Select(member => member.ErrorCode));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(members[0]));
        Assert.Equal(2, Bench.Now(_bench.Join(members[0].Id)).GenerationId);
        Assert.Single((await _bench.Describe()).Members);
    }

    [Fact]
    public void Leaving_what_is_not_there_is_refused()
    {
        Assert.Equal(ErrorCode.InvalidGroupId, Bench.Now(_bench.LeaveFrom("", ("x", null))).ErrorCode);
        var unknown = Bench.Now(_bench.LeaveFrom("other", ("x", null), ("", "i")));
        Assert.Equal(ErrorCode.None, unknown.ErrorCode);
        Assert.All(unknown.Members, member => Assert.Equal(ErrorCode.UnknownMemberId, member.ErrorCode));
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.LeaveAlone("x")).ErrorCode);
    }

    [Fact]
    public async Task The_last_one_to_leave_in_version_1_empties_the_group()
    {
        var member = _bench.Stable(1)[0];
        var response = Bench.Now(_bench.LeaveAlone(member.Id));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Empty(response.Members);
        Assert.Equal("Empty", await _bench.State());
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.LeaveAlone(member.Id)).ErrorCode);
    }

    [Fact]
    public async Task When_the_log_refuses_that_the_last_one_left_it_has_not_left()
    {
        var member = _bench.Stable(1)[0];
        var before = _bench.Dump();
        _bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Bench.Now(_bench.LeaveAlone(member.Id)).ErrorCode);
        Assert.Equal("Stable", await _bench.State());
        Assert.Equal(before, _bench.Dump());
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
    }

    [Fact]
    public void Leaving_while_waiting_answers_what_waits()
    {
        var members = _bench.Stable(2);
        var join = _bench.Join(members[1].Id, metadata: [1]);
        Bench.Now(_bench.Leave((members[1].Id, null)));
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(join).ErrorCode);
    }

    [Fact]
    public async Task An_id_that_was_only_given_out_can_be_given_back()
    {
        var id = Bench.Now(_bench.Join(version: 4)).MemberId;
        Assert.Equal(ErrorCode.None, Assert.Single(Bench.Now(_bench.Leave((id, null))).Members).ErrorCode);
        Assert.Equal("Dead", await _bench.State());
    }

    [Fact]
    public void Giving_an_id_back_completes_a_round_that_waited_for_it()
    {
        var leader = _bench.Stable(1)[0];
        var id = Bench.Now(_bench.Join(version: 4)).MemberId;
        var rejoin = _bench.Join(leader.Id);
        Bench.Now(_bench.Leave((id, null)));
        Assert.Equal(2, Bench.Now(rejoin).GenerationId);
    }

    [Fact]
    public void Generations_go_on_after_a_group_was_empty()
    {
        Bench.Now(_bench.LeaveAlone(_bench.Stable(1)[0].Id));
        Assert.Equal(3, _bench.Stable(1)[0].Generation);
    }

    [Fact]
    public async Task Another_broker_finds_the_members_and_their_sessions()
    {
        var members = _bench.Stable(2);
        Assert.True(_bench.Coordinator.UnloadAsync(0, 1).IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.NotCoordinator, _bench.Heartbeat(members[0]));

        var other = _bench.TakeOver();
        Assert.Equal("Stable", await other.State());
        Assert.All(members, member => Assert.Equal(ErrorCode.None, other.Heartbeat(member)));
        Assert.Equal("part of " + members[1].Id, System.Text.Encoding.UTF8.GetString(Bench.Now(other.Sync(members[1])).Assignment.Span));
        other.Pass(5);
        Assert.Equal(ErrorCode.None, other.Heartbeat(members[0]));
        other.Pass(6);
        Assert.Equal(ErrorCode.RebalanceInProgress, other.Heartbeat(members[0]));
        Assert.Equal(ErrorCode.UnknownMemberId, other.Heartbeat(members[1]));
    }

    [Fact]
    public void Unloading_answers_those_who_wait_in_a_round()
    {
        var members = _bench.Stable(2);
        var join = _bench.Join(members[0].Id);
        Assert.True(_bench.Coordinator.UnloadAsync(0, 1).IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.NotCoordinator, Bench.Now(join).ErrorCode);
    }

    [Fact]
    public async Task A_group_that_comes_from_the_log_too_large_begins_a_round()
    {
        _bench.Stable(3);
        var other = _bench.TakeOver(Bench.Defaults with { MaxSize = 2 });
        Assert.Equal("PreparingRebalance", await other.State());
    }

    [Fact]
    public async Task While_the_log_is_read_clients_are_told_to_wait()
    {
        var gate = new TaskCompletionSource();
        var bench = new Bench(log: new MemoryLog { ReadGate = gate.Task });
        Assert.False(bench.IsLoaded);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, bench.Heartbeat(new TestMember("m", 1, true)));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, Bench.Now(bench.Join()).ErrorCode);
        gate.SetResult();
        await bench.Loaded.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(new TestMember("m", 1, true)));
    }
}
