using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Groups;

public sealed class JoinGroupTests
{
    private readonly Bench _bench = new();

    [Theory]
    [InlineData("", "", 10_000, "consumer", "range", ErrorCode.InvalidGroupId)]
    [InlineData("g", "", 5_999, "consumer", "range", ErrorCode.InvalidSessionTimeout)]
    [InlineData("g", "", 1_800_001, "consumer", "range", ErrorCode.InvalidSessionTimeout)]
    [InlineData("g", "nobody", 10_000, "consumer", "range", ErrorCode.UnknownMemberId)]
    [InlineData("g", "", 10_000, "", "range", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("g", "", 10_000, "consumer", "", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("live", "nobody", 10_000, "consumer", "range", ErrorCode.UnknownMemberId)]
    [InlineData("live", "", 10_000, "connect", "range", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("live", "", 10_000, "consumer", "weird", ErrorCode.InconsistentGroupProtocol)]
    public void A_join_that_cannot_be_is_refused_and_leaves_no_trace(
        string group, string member, int session, string type, string protocol, ErrorCode expected)
    {
        _bench.Stable(1, "live");
        var before = _bench.Dump();
        var response = Bench.Now(_bench.Join(member, group, session: session, type: type, protocols: protocol.Length == 0 ? [] : [protocol]));
        Assert.Equal(expected, response.ErrorCode);
        Assert.Equal(member, response.MemberId);
        Assert.Equal(-1, response.GenerationId);
        Assert.Equal("", response.ProtocolName);
        Assert.Equal(before, _bench.Dump());
    }

    [Fact]
    public void From_version_7_on_a_refusal_names_no_protocol()
    {
        Assert.Null(Bench.Now(_bench.Join(group: "", version: 7)).ProtocolName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Up_to_version_3_a_client_joins_at_once(short version)
    {
        var join = _bench.Join(version: version);
        _bench.Pass(3);
        var response = Bench.Now(join);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(1, response.GenerationId);
        Assert.Equal("range", response.ProtocolName);
        Assert.Equal("consumer", response.ProtocolType);
        Assert.Equal(response.MemberId, response.Leader);
        Assert.Matches("^c-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", response.MemberId);
        Assert.Equal(response.MemberId, Assert.Single(response.Members).MemberId);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void From_version_4_on_a_client_is_given_an_id_first(short version)
    {
        var refused = Bench.Now(_bench.Join(version: version));
        Assert.Equal(ErrorCode.MemberIdRequired, refused.ErrorCode);
        Assert.NotEqual("", refused.MemberId);
        var join = _bench.Join(refused.MemberId, version: version);
        _bench.Pass(3);
        Assert.Equal(refused.MemberId, Bench.Now(join).MemberId);
    }

    [Fact]
    public async Task An_id_that_nobody_joins_with_expires_with_the_session_and_the_group_with_it()
    {
        var id = Bench.Now(_bench.Join(version: 4)).MemberId;
        Assert.Equal("Empty", await _bench.State());
        _bench.Pass(10);
        Assert.Equal("Dead", await _bench.State());
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.Join(id, version: 4)).ErrorCode);
    }

    [Fact]
    public void A_round_waits_for_ids_that_were_given_out_until_they_are_used_or_expire()
    {
        var leader = _bench.Stable(1)[0];
        Bench.Now(_bench.Join(version: 4));
        var rejoin = _bench.Join(leader.Id);
        Assert.False(rejoin.IsCompleted);
        _bench.Pass(10);
        Assert.Equal(2, Bench.Now(rejoin).GenerationId);
    }

    [Fact]
    public void The_first_round_waits_for_others_and_longer_as_long_as_they_come_but_not_beyond_the_rebalance_timeout()
    {
        var joins = new List<Task<JoinGroupResponse>>();
        for (var second = 0; second < 10; second += 2)
        {
            joins.Add(_bench.Join(rebalance: 9_000));
            Assert.All(joins, join => Assert.False(join.IsCompleted));
            _bench.Pass(second < 8 ? 2 : 1);
        }

        // 3 seconds, prolonged by 3 and 3 again: 9 in all.
        Assert.All(joins, join => Assert.Equal(1, Bench.Now(join).GenerationId));
        Assert.Equal(5, Bench.Now(joins[0]).Members.Count);
        Assert.All(joins.Skip(1), join => Assert.Empty(Bench.Now(join).Members));
    }

    [Fact]
    public void The_first_round_ends_early_when_nobody_else_comes()
    {
        var first = _bench.Join();
        _bench.Pass(2);
        var second = _bench.Join();
        _bench.Pass(3.95);
        Assert.False(first.IsCompleted);
        _bench.Pass(0.05);
        Assert.Equal(2, Bench.Now(first).Members.Count);
        Assert.Equal(Bench.Now(first).MemberId, Bench.Now(second).Leader);
    }

    [Fact]
    public void Without_a_delay_the_first_member_is_answered_at_once()
    {
        Assert.Equal(1, Bench.Now(new Bench(Bench.NoDelay).Join()).GenerationId);
    }

    [Fact]
    public void Each_member_votes_for_the_first_protocol_it_shares_with_all()
    {
        var joins = new[]
        {
            _bench.Join(protocols: ["a", "b", "c"]),
            _bench.Join(protocols: ["c", "b"]),
            _bench.Join(protocols: ["x", "c", "b"]),
        };
        _bench.Pass(6);
        Assert.All(joins, join => Assert.Equal("c", Bench.Now(join).ProtocolName));
    }

    [Fact]
    public void Of_protocols_with_equal_votes_the_eldest_members_wins()
    {
        var joins = new[] { _bench.Join(protocols: ["b", "a"]), _bench.Join(protocols: ["a", "b"]) };
        _bench.Pass(6);
        Assert.All(joins, join => Assert.Equal("b", Bench.Now(join).ProtocolName));
    }

    [Fact]
    public void A_group_takes_no_more_members_than_it_may_have()
    {
        var bench = new Bench(Bench.Defaults with { MaxSize = 2 });
        var members = bench.Stable(2);
        var refused = Bench.Now(bench.Join());
        Assert.Equal(ErrorCode.GroupMaxSizeReached, refused.ErrorCode);
        Assert.Equal("", refused.MemberId);

        // Members that are there may join again, and while a round is gathered the first come are served.
        var leader = bench.Join(members[0].Id);
        var follower = bench.Join(members[1].Id);
        Assert.Equal([2, 2], [Bench.Now(leader).GenerationId, Bench.Now(follower).GenerationId]);
    }

    [Fact]
    public void While_a_round_is_gathered_those_count_who_have_joined_it()
    {
        var bench = new Bench(Bench.Defaults with { MaxSize = 2 });
        var members = bench.Stable(2);
        var leader = bench.Join(members[0].Id);
        var newcomer = bench.Join();
        Assert.False(newcomer.IsCompleted);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, Bench.Now(bench.Join(members[1].Id)).ErrorCode);
        bench.Pass(30);
        Assert.Equal(2, Bench.Now(leader).Members.Count);
        Assert.Equal(ErrorCode.None, Bench.Now(newcomer).ErrorCode);
    }

    [Fact]
    public async Task A_client_that_never_hears_of_its_first_join_is_dropped_in_time()
    {
        var members = _bench.Stable(1, session: 1_800_000, rebalance: 1_000_000);
        var newcomer = _bench.Join(rebalance: 1_000_000);
        _bench.Pass(299);
        Assert.False(newcomer.IsCompleted);
        _bench.Pass(1.5);
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(newcomer).ErrorCode);
        Assert.Equal("PreparingRebalance", await _bench.State());
        Assert.Equal(2, Bench.Now(_bench.Join(members[0].Id)).GenerationId);
    }

    [Fact]
    public void A_member_that_knows_its_id_may_wait_longer_than_one_that_does_not()
    {
        var members = _bench.Stable(2, session: 1_800_000, rebalance: 1_000_000);
        var leader = _bench.Join(members[0].Id, rebalance: 1_000_000);
        _bench.Pass(400);
        Assert.False(leader.IsCompleted);
        Bench.Now(_bench.Join(members[1].Id));
        Assert.Equal(2, Bench.Now(leader).Members.Count);
    }

    [Fact]
    public void A_member_that_joins_again_while_it_waits_is_answered_for_the_earlier_request()
    {
        var members = _bench.Stable(2);
        var lost = _bench.Join(members[1].Id, metadata: [1]);
        var again = _bench.Join(members[1].Id, metadata: [2]);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(lost).ErrorCode);
        Assert.False(again.IsCompleted);
        var leader = Bench.Now(_bench.Join(members[0].Id));
        Assert.Equal([2], leader.Members.Single(member => member.MemberId == members[1].Id).Metadata.ToArray());
        Assert.Equal(2, Bench.Now(again).GenerationId);
    }

    [Fact]
    public async Task A_follower_that_says_nothing_new_gets_the_present_generation_again()
    {
        var members = _bench.Stable(2);
        var response = Bench.Now(_bench.Join(members[1].Id));
        Assert.Equal((1, members[0].Id, 0), (response.GenerationId, response.Leader, response.Members.Count));
        Assert.Equal("Stable", await _bench.State());
    }

    [Fact]
    public void Between_join_and_sync_a_member_that_lost_the_answer_gets_it_again()
    {
        var members = _bench.Gathered(2);
        foreach (var member in members)
        {
            var response = Bench.Now(_bench.Join(member.Id));
            Assert.Equal(1, response.GenerationId);
            Assert.Equal(member.IsLeader ? 2 : 0, response.Members.Count);
        }
    }

    [Fact]
    public async Task A_leader_that_joins_again_begins_a_round_whatever_it_says()
    {
        var members = _bench.Stable(2);
        var join = _bench.Join(members[0].Id);
        Assert.False(join.IsCompleted);
        Assert.Equal("PreparingRebalance", await _bench.State());
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(members[1]));
    }

    [Fact]
    public async Task A_member_that_changes_what_it_says_between_join_and_sync_begins_a_round()
    {
        var members = _bench.Gathered(2);
        var follower = members.Single(member => !member.IsLeader);
        var sync = _bench.Sync(follower);
        var join = _bench.Join(members.Single(member => member.IsLeader).Id, metadata: [9]);
        Assert.Equal(ErrorCode.RebalanceInProgress, Bench.Now(sync).ErrorCode);
        Assert.False(join.IsCompleted);
        Assert.Equal("PreparingRebalance", await _bench.State());
    }

    [Fact]
    public void Cooperative_members_give_up_partitions_in_one_round_and_join_a_second_one()
    {
        var first = _bench.Stable(1)[0];
        var newcomer = _bench.Join();
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(first));
        var rejoined = Bench.Member(Bench.Now(_bench.Join(first.Id, metadata: Bench.Subscription(["t"], [1]))));
        var joined = Bench.Member(Bench.Now(newcomer));
        _bench.SyncAll([rejoined, joined]);

        // The first one has given up what the other is to have, and says so.
        var again = _bench.Join(first.Id, metadata: Bench.Subscription(["t"], [2]));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(joined));
        var joinedAgain = Bench.Member(Bench.Now(_bench.Join(joined.Id)));
        var rejoinedAgain = Bench.Member(Bench.Now(again));
        Assert.Equal((3, 3), (joinedAgain.Generation, rejoinedAgain.Generation));
        _bench.SyncAll([rejoinedAgain, joinedAgain]);
    }

    [Fact]
    public async Task Members_that_do_not_join_the_round_in_time_are_out()
    {
        var members = _bench.Stable(3, rebalance: 20_000, session: 60_000);
        var leader = _bench.Join(members[0].Id, session: 60_000, rebalance: 20_000);
        var follower = _bench.Join(members[1].Id, session: 60_000, rebalance: 20_000);
        _bench.Pass(19.9);
        Assert.False(leader.IsCompleted);
        _bench.Pass(0.2);
        Assert.Equal(2, Bench.Now(leader).Members.Count);
        Assert.Equal(2, Bench.Now(follower).GenerationId);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(members[2]));
        Assert.Equal(2, (await _bench.Describe()).Members.Count);
    }

    [Fact]
    public void When_the_leader_does_not_join_the_round_another_leads()
    {
        var members = _bench.Stable(2, session: 60_000);
        var newcomer = _bench.Join();
        var follower = _bench.Join(members[1].Id, session: 60_000);
        _bench.Pass(31);
        var leader = Bench.Now(follower);
        Assert.Equal(members[1].Id, leader.Leader);
        Assert.Equal(2, leader.Members.Count);
        Assert.Equal(members[1].Id, Bench.Now(newcomer).Leader);
    }

    [Fact]
    public void Version_0_is_waited_for_as_long_as_its_session()
    {
        var first = _bench.Join(version: 0, session: 7_000);
        _bench.Pass(3);
        var leader = Bench.Member(Bench.Now(first));
        var newcomer = _bench.Join(version: 0, session: 7_000);
        _bench.Heartbeat(leader);
        _bench.Pass(6.9);
        Assert.False(newcomer.IsCompleted);
        _bench.Pass(0.2);
        Assert.Equal(2, Bench.Now(newcomer).GenerationId);
    }

    [Fact]
    public void However_long_a_client_calls_itself_its_id_can_be_written()
    {
        var join = _bench.Join(client: new string('x', 254) + "\U0001F600" + new string('y', 30_000));
        _bench.Pass(3);
        var member = Bench.Member(Bench.Now(join));
        Assert.StartsWith(new string('x', 254) + "-", member.Id, StringComparison.Ordinal);
        _bench.SyncAll([member]);
        Assert.Empty(_bench.Breakages);
    }
}
