using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class GroupAdminTests
{
    private static readonly TopicPartition First = new("t", 0);

    [Fact]
    public async Task Groups_are_listed_described_and_deleted_each_with_a_result_of_its_own()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        await fixture.CreateAsync("t", 2);
        var groups = fixture.Admin.Groups;
        var member = await ClassicMember.JoinAsync(fixture, "busy", "t", instance: "i-1");
        await ClassicMember.JoinAsync(fixture, "odd", "t", protocolType: "connect");
        (await groups.AlterOffsetsAsync("idle", new Dictionary<TopicPartition, GroupOffset> { [First] = new(1) }).OrTimeout("the commit")).ThrowIfAnyFailed();

        var listed = await groups.ListAsync().OrTimeout("the list");
        Assert.Empty(listed.Failures);
        Assert.Equal(
            [new("busy", GroupType.Classic, GroupState.Stable, "consumer"), new("idle", GroupType.Classic, GroupState.Empty, ""), new GroupListing("odd", GroupType.Classic, GroupState.Stable, "connect")],
            listed.Items);
        Assert.Equal(["idle"], (await groups.ListAsync(new ListGroupsOptions { States = [GroupState.Empty] }).OrTimeout("the list")).Items.Select(group => group.GroupId));
        Assert.Equal(3, (await groups.ListAsync(new ListGroupsOptions { Types = [GroupType.Classic] }).OrTimeout("the list")).Items.Count);
        Assert.Empty((await groups.ListAsync(new ListGroupsOptions { Types = [GroupType.Share] }).OrTimeout("the list")).Items);

        var described = await groups.DescribeAsync(["busy", "idle", "odd", "nowhere"]).OrTimeout("the description");
        var busy = described["busy"].Value;
        Assert.Equal((GroupType.Classic, GroupState.Stable, "consumer", "range", 5), (busy.Type, busy.State, busy.ProtocolType, busy.Assignor, busy.Coordinator));
        var one = Assert.Single(busy.Members);
        Assert.Equal((member, "i-1", "member", "r2"), (one.MemberId, one.InstanceId, one.ClientId, one.Rack));
        Assert.Equal([First], one.Assignment);
        Assert.Equal(["t"], one.Topics);
        Assert.Equal(GroupState.Empty, described["idle"].Value.State);
        Assert.Empty(described["odd"].Value.Members[0].Assignment);
        Assert.False(described["odd"].Value.Members[0].ProtocolAssignment.IsEmpty);
        Assert.Equal(ErrorCode.GroupIdNotFound, described["nowhere"].Error!.ErrorCode);

        var deleted = await groups.DeleteAsync(["busy", "idle", "nowhere"]).OrTimeout("the deletion");
        deleted["idle"].ThrowIfFailed();
        Assert.Equal(ErrorCode.NonEmptyGroup, deleted["busy"].Error!.ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, deleted["nowhere"].Error!.ErrorCode);
        Assert.Contains("group 'nowhere'", deleted["nowhere"].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_of_groups_are_set_listed_and_forgotten()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t", 2);
        var (groups, second, missing) = (fixture.Admin.Groups, new TopicPartition("t", 1), new TopicPartition("nowhere", 0));

        var altered = await groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, GroupOffset>
        {
            [First] = new(7) { LeaderEpoch = 0, Metadata = "mine" },
            [second] = new(0),
            [new("t", 9)] = new(1),
        }).OrTimeout("the commit");
        altered[First].ThrowIfFailed();
        altered[second].ThrowIfFailed();

        var all = (await groups.ListOffsetsAsync(["g", "nobody"]).OrTimeout("the offsets"));
        Assert.Equal(new GroupOffset(7) { LeaderEpoch = 0, Metadata = "mine" }, all["g"].Value[First].Value);
        Assert.Equal(new GroupOffset(0), all["g"].Value[second].Value);
        Assert.Empty(all["nobody"].Value);
        var some = (await groups.ListOffsetsAsync(["g"], new ListGroupOffsetsOptions { Partitions = [second, missing], RequireStable = true }).OrTimeout("the offsets"))["g"].Value;
        Assert.Equal((new GroupOffset(0), null), (some[second].Value, some[missing].Value));
        Assert.Equal(2, some.Count);

        var deleted = await groups.DeleteOffsetsAsync("g", [First]).OrTimeout("the deletion");
        deleted[First].ThrowIfFailed();
        Assert.DoesNotContain(First, (await groups.ListOffsetsAsync(["g"]).OrTimeout("the offsets"))["g"].Value.Keys);
        var nobody = await Assert.ThrowsAsync<KafkaException>(() => groups.DeleteOffsetsAsync("nobody", [First]).OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.GroupIdNotFound, nobody.ErrorCode);
    }

    [Fact]
    public async Task A_group_with_members_keeps_its_offsets_and_lets_go_of_members()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t", 2);
        var groups = fixture.Admin.Groups;
        var member = await ClassicMember.JoinAsync(fixture, "g", "t");

        var altered = await groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, GroupOffset> { [First] = new(1) }).OrTimeout("the refusal");
        Assert.Equal(ErrorCode.UnknownMemberId, altered[First].Error!.ErrorCode);
        var deleted = await groups.DeleteOffsetsAsync("g", [First]).OrTimeout("the refusal");
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, deleted[First].Error!.ErrorCode);

        var (here, stranger) = (GroupMemberIdentity.OfMember(member), GroupMemberIdentity.OfInstance("stranger"));
        var removed = await groups.RemoveMembersAsync("g", [here, stranger], "by a test").OrTimeout("the removal");
        removed[here].ThrowIfFailed();
        Assert.Equal(ErrorCode.UnknownMemberId, removed[stranger].Error!.ErrorCode);
        Assert.Equal(GroupState.Empty, (await groups.DescribeAsync(["g"]).OrTimeout("the description"))["g"].Value.State);
        Assert.Empty(await groups.RemoveMembersAsync("g", null).OrTimeout("the removal of nobody"));

        await ClassicMember.JoinAsync(fixture, "h", "t", instance: "i-1");
        var all = await groups.RemoveMembersAsync("h", null).OrTimeout("the removal of all");
        Assert.Equal("i-1", Assert.Single(all).Key.InstanceId);
        all.ThrowIfAnyFailed();
    }

    [Fact]
    public async Task Groups_that_the_coordinator_assigns_are_described_as_such()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker, 6, _ => 1);
        broker.On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe, 0, 1, (request, _) => new ConsumerGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => group == "new"
                ? new ConsumerGroupDescribeResponse.DescribedGroup
                {
                    GroupId = group,
                    GroupState = "Reconciling",
                    GroupEpoch = 8,
                    AssignmentEpoch = 7,
                    AssignorName = "uniform",
                    Members = [new()
                    {
                        MemberId = "m", MemberEpoch = 6, SubscribedTopicNames = ["t"], SubscribedTopicRegex = "", ClientId = "c", ClientHost = "h",
                        Assignment = new() { TopicPartitions = [new() { TopicName = "t", Partitions = [0, 1] }] },
                        TargetAssignment = new() { TopicPartitions = [new() { TopicName = "t", Partitions = [0] }] },
                    }],
                }
                : new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = group == "secret" ? ErrorCode.GroupAuthorizationFailed : ErrorCode.GroupIdNotFound }),
        });
        List<string>? asked = null;
        broker.On<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 5, (request, _) =>
        {
            asked = request.Groups;
            return new DescribeGroupsResponse { Groups = request.Groups.ConvertAll(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, GroupState = group == "old" ? "Stable" : "Dead" }) };
        });
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.Groups.DescribeAsync(["new", "old", "secret", "nowhere"]).OrTimeout("the description");

        Assert.Equal(["old", "nowhere"], asked);
        var group = described["new"].Value;
        Assert.Equal((GroupType.Consumer, GroupState.Reconciling, "uniform", 8, 7), (group.Type, group.State, group.Assignor, group.Epoch!.Value, group.AssignmentEpoch!.Value));
        Assert.Equal([First, new("t", 1)], group.Members[0].Assignment);
        Assert.Equal([First], group.Members[0].TargetAssignment);
        Assert.Null(group.Members[0].TopicPattern);
        Assert.Equal(GroupType.Classic, described["old"].Value.Type);
        Assert.Equal(ErrorCode.GroupAuthorizationFailed, described["secret"].Error!.ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, described["nowhere"].Error!.ErrorCode);
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(7, 2)]
    public async Task Offsets_are_asked_for_group_by_group_where_the_broker_takes_one_at_a_time(short version, int requests)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker, 6, _ => 1);
        var attempts = 0;
        broker.On<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, 0, version, (request, call) =>
        {
            // An open transaction holds one of them back at first.
            var unstable = Interlocked.Increment(ref attempts) <= requests;
            return call.Version >= 8
                ? new OffsetFetchResponse
                {
                    Groups = request.Groups.ConvertAll(group => new OffsetFetchResponse.OffsetFetchResponseGroup
                    {
                        GroupId = group.GroupId,
                        ErrorCode = group.GroupId == "secret" ? ErrorCode.GroupAuthorizationFailed : ErrorCode.None,
                        Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5, ErrorCode = unstable ? ErrorCode.UnstableOffsetCommit : ErrorCode.None }] }],
                    }),
                }
                : new OffsetFetchResponse
                {
                    ErrorCode = request.GroupId == "secret" ? ErrorCode.GroupAuthorizationFailed : ErrorCode.None,
                    Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5, ErrorCode = unstable ? ErrorCode.UnstableOffsetCommit : ErrorCode.None }] }],
                };
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });

        var offsets = await client.Admin.Groups.ListOffsetsAsync(["g", "secret"], new ListGroupOffsetsOptions { RequireStable = true }).OrTimeout("the offsets");

        Assert.Equal(5, offsets["g"].Value[First].Value!.Offset);
        Assert.Equal(ErrorCode.GroupAuthorizationFailed, offsets["secret"].Error!.ErrorCode);
        Assert.Equal(requests + 1, attempts);
    }

    [Fact]
    public async Task Members_leave_one_by_one_where_the_broker_takes_one_at_a_time()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker, 2, _ => 1);
        broker.On<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 2, (request, _) => new LeaveGroupResponse { ErrorCode = request.MemberId == "a" ? ErrorCode.None : ErrorCode.UnknownMemberId });
        await using var client = new KafkaClient(broker.Address);
        var groups = client.Admin.Groups;

        var removed = await groups.RemoveMembersAsync("g", [GroupMemberIdentity.OfMember("a"), GroupMemberIdentity.OfMember("b")]).OrTimeout("the removal");

        removed[GroupMemberIdentity.OfMember("a")].ThrowIfFailed();
        Assert.Equal(ErrorCode.UnknownMemberId, removed[GroupMemberIdentity.OfMember("b")].Error!.ErrorCode);
        var refused = await Assert.ThrowsAsync<KafkaException>(() => groups.RemoveMembersAsync("g", [GroupMemberIdentity.OfInstance("i")]).OrTimeout("the refusal"));
        Assert.Contains("offers LeaveGroup up to version 2 only, and naming a member by its instance needs version 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_of_streams_applications_are_described_with_their_tasks_and_what_those_read()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        Coordinate(broker, 6, _ => 1);
        broker.On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe, 0, 1, (request, _) => new ConsumerGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.GroupIdNotFound }),
        });
        broker.On<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>(ApiKey.StreamsGroupDescribe, 0, 0, (request, _) => new StreamsGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => group == "app"
                ? new StreamsGroupDescribeResponse.DescribedGroup
                {
                    GroupId = group,
                    GroupState = "NotReady",
                    GroupEpoch = 4,
                    AssignmentEpoch = 3,
                    Topology = new()
                    {
                        Subtopologies =
                        [
                            new() { SubtopologyId = "0", SourceTopics = ["in"], RepartitionSinkTopics = ["app-r"] },
                            new() { SubtopologyId = "1", RepartitionSourceTopics = [new() { Name = "app-r" }], StateChangelogTopics = [new() { Name = "app-c" }] },
                        ],
                    },
                    Members =
                    [
                        new()
                        {
                            MemberId = "m", MemberEpoch = 3, ClientId = "c", ClientHost = "h", InstanceId = "i", RackId = "r",
                            Assignment = new() { ActiveTasks = [new() { SubtopologyId = "0", Partitions = [1] }, new() { SubtopologyId = "1", Partitions = [0, 2] }], StandbyTasks = [new() { SubtopologyId = "1", Partitions = [1] }] },
                            TargetAssignment = new() { WarmupTasks = [new() { SubtopologyId = "1", Partitions = [3] }] },
                        },
                    ],
                }
                : new StreamsGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.GroupIdNotFound }),
        });
        broker.On<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 5, (request, _) => new DescribeGroupsResponse
        {
            Groups = request.Groups.ConvertAll(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, GroupState = "Dead" }),
        });
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.Groups.DescribeAsync(["app", "nowhere"]).OrTimeout("the description");

        Assert.Equal(ErrorCode.GroupIdNotFound, described["nowhere"].Error!.ErrorCode);
        var app = described["app"].Value;
        Assert.Equal((GroupType.Streams, GroupState.NotReady, "streams", 4, 3), (app.Type, app.State, app.ProtocolType, app.Epoch, app.AssignmentEpoch));
        Assert.Equal(["app-r", "app-c"], app.Subtopologies![1].RepartitionTopics.Concat(app.Subtopologies[1].ChangelogTopics));
        var member = Assert.Single(app.Members);
        Assert.Equal(("m", "i", "c", "h", "r", 3), (member.MemberId, member.InstanceId, member.ClientId, member.Host, member.Rack, member.Epoch));
        Assert.Equal(["0_1", "1_0", "1_2"], member.Tasks!.Active.Select(static task => task.ToString()));
        Assert.Equal([new StreamsTask("1", 1)], member.Tasks.Standby);
        Assert.Equal([new StreamsTask("1", 3)], member.TargetTasks!.Warmup);
        Assert.Equal([new("in", 1), new("app-r", 0), new TopicPartition("app-r", 2)], member.Assignment);
        Assert.Equal(["in"], member.Topics);
    }

    [Fact]
    public async Task Every_broker_lists_its_groups_and_one_that_cannot_is_named()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        await using var three = fake.Add(3, new FakeBroker());
        var attempts = 0;
        one.On<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5, (_, _) => new ListGroupsResponse
        {
            ErrorCode = ++attempts == 1 ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.None,
            Groups = [new() { GroupId = "b", GroupState = "Stable", GroupType = "Consumer" }, new() { GroupId = "a", GroupState = "SomethingNew", GroupType = "7" }],
        });
        two.On<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5, (_, _) => new ListGroupsResponse { Groups = [new() { GroupId = "b" }, new() { GroupId = "c" }] });
        three.On<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 3, (_, _) => new ListGroupsResponse());
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = one.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });

        var listed = await client.Admin.Groups.ListAsync(new ListGroupsOptions { States = [GroupState.Stable] }).OrTimeout("the list");

        Assert.Equal(["a", "b", "c"], listed.Items.Select(group => group.GroupId));
        Assert.Equal((GroupType.Unknown, GroupState.Unknown), (listed.Items[0].Type, listed.Items[0].State));
        var (broker, failure) = Assert.Single(listed.Failures);
        Assert.Equal(3, broker);
        Assert.Contains("offers ListGroups up to version 3 only, and a list by state needs version 4", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var groups = client.Admin.Groups;
        await Assert.ThrowsAsync<ArgumentException>(() => groups.DescribeAsync(["g", "g"]));
        await Assert.ThrowsAsync<ArgumentException>(() => groups.DeleteAsync([""]));
        await Assert.ThrowsAsync<ArgumentException>(() => groups.AlterOffsetsAsync("", new Dictionary<TopicPartition, GroupOffset>()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, GroupOffset> { [First] = new(-1) }));
        await Assert.ThrowsAsync<ArgumentException>(() => groups.RemoveMembersAsync("g", [default]));
        Assert.Throws<ArgumentException>(() => GroupMemberIdentity.OfInstance(""));
    }

    private static void Coordinate(FakeBroker broker, short highest, Func<string, int> nodeOf) =>
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, highest, (request, call) => call.Version >= 4
            ? new FindCoordinatorResponse { Coordinators = request.CoordinatorKeys.ConvertAll(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = nodeOf(key) }) }
            : new FindCoordinatorResponse { NodeId = nodeOf(request.Key) });
}
