using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Groups;

public sealed class StaticMemberTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void A_static_member_needs_no_id_first_and_is_named_for_its_instance()
    {
        var join = _bench.Join(version: 9, instance: "i1");
        _bench.Pass(3);
        Assert.StartsWith("i1-", Bench.Now(join).MemberId, StringComparison.Ordinal);
        Assert.Equal("i1", Assert.Single(Bench.Now(join).Members).GroupInstanceId);
    }

    [Fact]
    public async Task A_static_member_that_comes_back_takes_up_its_assignment_without_a_round()
    {
        var members = _bench.Stable(2, instance: index => "i" + index);
        var former = members[1];
        var response = Bench.Now(_bench.Join(version: 5, instance: former.InstanceId, metadata: Bench.Subscription(["t"], [42])));
        Assert.Equal((ErrorCode.None, 1, members[0].Id), (response.ErrorCode, response.GenerationId, response.Leader));
        Assert.NotEqual(former.Id, response.MemberId);
        Assert.Equal("Stable", await _bench.State());

        var current = former with { Id = response.MemberId };
        Assert.Equal("part of " + former.Id, Encoding.UTF8.GetString(Bench.Now(_bench.Sync(current)).Assignment.Span));
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Heartbeat(former));
        Assert.Equal(ErrorCode.FencedInstanceId, Bench.Now(_bench.Sync(former)).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, Bench.Now(_bench.Join(former.Id, version: 5, instance: former.InstanceId)).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, Bench.Only(Bench.Now(_bench.Commit(former))));
        Assert.Equal(ErrorCode.FencedInstanceId, Assert.Single(Bench.Now(_bench.Leave((former.Id, former.InstanceId))).Members).ErrorCode);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(current));
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(former with { InstanceId = null }));

        // The new id is in the log: another broker knows it too.
        Assert.Equal(ErrorCode.None, _bench.TakeOver().Heartbeat(current));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public void A_static_leader_that_comes_back_is_kept_from_assigning_again(short version, bool isToldToSkip)
    {
        var members = _bench.Stable(2, instance: index => "i" + index);
        var response = Bench.Now(_bench.Join(version: version, instance: members[0].InstanceId));
        Assert.Equal(isToldToSkip, response.SkipAssignment);
        Assert.Equal(isToldToSkip ? 2 : 0, response.Members.Count);
        Assert.Equal(isToldToSkip ? response.MemberId : members[0].Id, response.Leader);
    }

    [Fact]
    public async Task A_static_member_that_comes_back_to_read_other_topics_begins_a_round()
    {
        var members = _bench.Stable(2, instance: index => "i" + index);
        var join = _bench.Join(version: 5, instance: members[1].InstanceId, metadata: Bench.Subscription(["t", "u"]));
        Assert.False(join.IsCompleted);
        Assert.Equal("PreparingRebalance", await _bench.State());
        Assert.Equal(2, Bench.Now(_bench.Join(members[0].Id, version: 5, instance: members[0].InstanceId)).GenerationId);
        Assert.Equal(ErrorCode.None, Bench.Now(join).ErrorCode);
    }

    [Fact]
    public async Task A_static_member_that_comes_back_with_another_protocol_begins_a_round()
    {
        var first = _bench.Join(version: 5, instance: "i0", protocols: ["a", "b"]);
        _bench.Pass(3);
        var leader = Bench.Member(Bench.Now(first), "i0");
        _bench.SyncAll([leader]);
        var join = _bench.Join(version: 5, instance: "i0", protocols: ["b", "a"]);
        Assert.Equal("b", Bench.Now(join).ProtocolName);
        Assert.Equal(2, Bench.Now(join).GenerationId);
        Assert.Equal("CompletingRebalance", await _bench.State());
    }

    [Fact]
    public void What_a_replaced_member_waits_for_is_answered_as_fenced()
    {
        var members = _bench.Stable(2, instance: index => "i" + index);
        var former = _bench.Join(members[0].Id, version: 5, instance: "i0");
        var current = _bench.Join(version: 5, instance: members[0].InstanceId);
        Assert.Equal(members[0].InstanceId == "i0" ? ErrorCode.FencedInstanceId : ErrorCode.None, Bench.Now(former).ErrorCode);
        Assert.False(current.IsCompleted);
        Bench.Now(_bench.Join(members[1].Id, version: 5, instance: members[1].InstanceId));
        Assert.Equal(2, Bench.Now(current).GenerationId);
    }

    [Fact]
    public async Task Between_join_and_sync_a_static_member_that_comes_back_begins_a_round()
    {
        var members = _bench.Gathered(2, instance: index => "i" + index);
        var follower = members.Single(member => !member.IsLeader);
        var sync = _bench.Sync(follower);
        var join = _bench.Join(version: 5, instance: follower.InstanceId);
        Assert.Equal(ErrorCode.FencedInstanceId, Bench.Now(sync).ErrorCode);
        Assert.False(join.IsCompleted);
        Assert.Equal("PreparingRebalance", await _bench.State());
    }

    [Fact]
    public async Task Static_members_that_miss_a_round_keep_their_place()
    {
        var members = _bench.Stable(2, instance: index => "i" + index, session: 1_000_000);
        var leader = _bench.Join(members[0].Id, version: 5, instance: members[0].InstanceId, session: 1_000_000);
        _bench.Pass(30);
        Assert.Equal(2, Bench.Now(leader).Members.Count);
        Assert.Equal("CompletingRebalance", await _bench.State());
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(members[1] with { Generation = 2 }));
    }

    [Fact]
    public void When_no_static_member_joins_a_round_it_goes_on_until_one_does_or_none_is_left()
    {
        var members = _bench.Stable(2, instance: index => "i" + index, session: 1_000_000);
        var newcomer = _bench.Join();
        Bench.Now(_bench.Leave((Bench.Now(_bench.Join(version: 4)).MemberId, null)));
        _bench.Pass(31);
        var response = Bench.Now(newcomer);
        Assert.Equal(response.MemberId, response.Leader);
        Assert.Equal(3, response.Members.Count);

        Bench.Now(_bench.Leave((response.MemberId, null)));
        _bench.Pass(31);
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(members[0] with { Generation = 2 }));
        var returned = _bench.Join(members[1].Id, version: 5, instance: members[1].InstanceId);
        _bench.Pass(31);
        Assert.Equal(members[1].Id, Bench.Now(returned).Leader);
    }

    [Fact]
    public async Task Static_members_leave_by_the_name_of_their_instance()
    {
        var members = _bench.Stable(2, instance: index => "i" + index);
        var response = Bench.Now(_bench.Leave(("", "i0"), ("", "i9"), (members[0].Id, "i9"), ("", null)));
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId],
            response.Members.Select(member => member.ErrorCode));
        Assert.Single((await _bench.Describe()).Members);
    }

    [Fact]
    public async Task When_the_log_refuses_the_new_id_the_former_one_stays()
    {
        var member = _bench.Stable(1, instance: _ => "i1")[0];
        _bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Bench.Now(_bench.Join(version: 5, instance: "i1")).ErrorCode);
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(member));
        Assert.Equal("Stable", await _bench.State());
    }

    [Fact]
    public async Task Static_members_of_other_types_than_consumers_come_back_whatever_they_say()
    {
        var join = _bench.Join(version: 5, instance: "i1", type: "connect", metadata: [1]);
        _bench.Pass(3);
        _bench.SyncAll([Bench.Member(Bench.Now(join), "i1")]);
        Assert.Equal(1, Bench.Now(_bench.Join(version: 5, instance: "i1", type: "connect", metadata: [2])).GenerationId);
        Assert.Equal("Stable", await _bench.State());
    }
}
