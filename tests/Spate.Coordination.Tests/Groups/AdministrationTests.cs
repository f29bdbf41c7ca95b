using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Groups;

public sealed class AdministrationTests
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task A_stable_group_is_described_with_what_its_members_say_and_have()
    {
        var members = _bench.Stable(2);
        var group = await _bench.Describe();
        Assert.Equal((ErrorCode.None, "Stable", "consumer", "range"), (group.ErrorCode, group.GroupState, group.ProtocolType, group.ProtocolData));
        Assert.Equal(int.MinValue, group.AuthorizedOperations);
        var member = group.Members.Single(member => member.MemberId == members[1].Id);
        Assert.Equal(("c", "/10.0.0.1"), (member.ClientId, member.ClientHost));
        Assert.Equal(Bench.Subscription(["t"]), member.MemberMetadata.ToArray());
        Assert.False(member.MemberAssignment.IsEmpty);
    }

    [Fact]
    public async Task Between_generations_members_are_described_without_them()
    {
        var members = _bench.Stable(2);
        _ = _bench.Join(members[0].Id);
        var group = await _bench.Describe();
        Assert.Equal(("PreparingRebalance", ""), (group.GroupState, group.ProtocolData));
        Assert.All(group.Members, member => Assert.True(member.MemberMetadata.IsEmpty && member.MemberAssignment.IsEmpty));
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_dead_and_from_version_6_on_an_error()
    {
        var dead = await _bench.Describe("none");
        Assert.Equal((ErrorCode.None, "Dead"), (dead.ErrorCode, dead.GroupState));
        var missing = await _bench.Describe("none", 6);
        Assert.Equal((ErrorCode.GroupIdNotFound, "Dead", "Group none not found."), (missing.ErrorCode, missing.GroupState, missing.ErrorMessage));
    }

    [Fact]
    public async Task Groups_are_listed_by_state_and_type_in_any_case_of_letters()
    {
        _bench.Stable(1, "s");
        Bench.Now(_bench.Commit(group: "e"));
        async Task<string> List(string[] states, string[] types)
        {
            var response = await _bench.Coordinator.ListGroupsAsync(new ListGroupsRequest { StatesFilter = [.. states], TypesFilter = [.. types] });
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            return string.Join(" ", response.Groups.OrderBy(group => group.GroupId).Select(group => $"{group.GroupId}:{group.ProtocolType}:{group.GroupState}:{group.GroupType}"));
        }

        Assert.Equal("e::Empty:classic s:consumer:Stable:classic", await List([], []));
        Assert.Equal("s:consumer:Stable:classic", await List(["STABLE"], []));
        Assert.Equal("e::Empty:classic", await List(["Empty", "Dead"], ["Classic"]));
        Assert.Equal("", await List([], ["consumer"]));
        Assert.Equal("", await List(["nonsense"], []));
    }

    [Fact]
    public async Task Groups_of_all_partitions_are_listed_and_one_that_is_loading_is_an_error_beside_them()
    {
        var coordinator = new GroupCoordinator(Bench.Defaults with { PartitionCount = 3 }, _bench.Time, new Random(1), _bench.Logger, new InlineScheduler());
        await coordinator.LoadAsync(0, 1, new MemoryLog());
        await coordinator.LoadAsync(1, 1, new MemoryLog());
        foreach (var group in new[] { "a", "b", "c" })
        {
            var request = new OffsetCommitRequest { GroupId = group, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0 }] }] };
            await coordinator.OffsetCommitAsync(request, new GroupClient("c", "/h", 7));
        }

        var listed = await coordinator.ListGroupsAsync(new ListGroupsRequest());
        Assert.Equal(ErrorCode.None, listed.ErrorCode);
        Assert.Equal(new[] { "a", "b", "c" }.Where(group => coordinator.PartitionFor(group) != 2), listed.Groups.Select(group => group.GroupId).Order());

        _ = coordinator.LoadAsync(2, 1, new MemoryLog { ReadGate = new TaskCompletionSource().Task });
        listed = await coordinator.ListGroupsAsync(new ListGroupsRequest());
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, listed.ErrorCode);
        Assert.Equal(2, listed.Groups.Count);
    }

    [Fact]
    public async Task Only_empty_groups_are_deleted_with_all_that_they_committed()
    {
        var member = _bench.Stable(1)[0];
        Bench.Now(_bench.Commit(member, offset: 7));
        Assert.Equal(ErrorCode.NonEmptyGroup, await _bench.Delete());
        Assert.Equal(ErrorCode.GroupIdNotFound, await _bench.Delete("none"));
        Bench.Now(_bench.LeaveAlone(member.Id));

        _bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await _bench.Delete());
        Assert.Equal(7, await _bench.Committed());
        _bench.Log.Verdict = () => ErrorCode.None;

        Assert.Equal(ErrorCode.None, await _bench.Delete());
        Assert.Equal(-1, await _bench.Committed());
        Assert.Equal("Dead", await _bench.State());
        Assert.Equal(ErrorCode.GroupIdNotFound, await _bench.Delete());
        Assert.Equal("", _bench.TakeOver().Dump());
        Assert.Equal(1, _bench.Stable(1)[0].Generation);
    }

    [Fact]
    public async Task Deleting_a_group_takes_back_the_ids_that_were_given_out()
    {
        var id = Bench.Now(_bench.Join(version: 4)).MemberId;
        Assert.Equal(ErrorCode.None, await _bench.Delete());
        Assert.Equal(ErrorCode.UnknownMemberId, Bench.Now(_bench.Join(id, version: 4)).ErrorCode);
        Assert.Empty(_bench.Log.Records);
    }

    [Fact]
    public async Task What_this_broker_does_not_coordinate_it_says_so_group_by_group()
    {
        await _bench.Coordinator.UnloadAsync(0, 1);
        Assert.Equal(ErrorCode.NotCoordinator, (await _bench.Describe()).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, await _bench.Delete());
        Assert.Equal(ErrorCode.None, (await _bench.Coordinator.ListGroupsAsync(new ListGroupsRequest())).ErrorCode);
    }
}
