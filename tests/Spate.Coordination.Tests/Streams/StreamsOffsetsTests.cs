using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Streams;

/// <summary>Offsets of streams groups, what operators see and do of such groups, and who else comes by their names.</summary>
public sealed class StreamsOffsetsTests
{
    private readonly Bench _bench = new(Bench.NoDelay);
    private readonly TestInstance _member = new("m");

    public StreamsOffsetsTests()
    {
        _bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0);
        _bench.Topics.Set("a", 2);
        _member.Beat(_bench);
    }

    [Theory]
    [InlineData("m", 2, 9, ErrorCode.None)]
    [InlineData("m", 1, 9, ErrorCode.StaleMemberEpoch)]
    [InlineData("m", 3, 9, ErrorCode.StaleMemberEpoch)]
    [InlineData("m", 2, 8, ErrorCode.UnsupportedVersion)]
    [InlineData("n", 2, 9, ErrorCode.UnknownMemberId)]
    [InlineData("", -1, 9, ErrorCode.UnknownMemberId)]
    public async Task Commit_is_taken_from_a_member_in_its_epoch(string memberId, int epoch, short version, ErrorCode error)
    {
        var answer = Bench.Now(_bench.Commit(new TestMember(memberId, epoch, false), version: version));

        Assert.Equal(error, Bench.Only(answer));
        Assert.Equal(error == ErrorCode.None ? 5 : -1, await _bench.Committed());
    }

    [Fact]
    public void Commit_of_a_client_that_is_no_member_is_taken_when_there_are_none()
    {
        Leave();
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit())));
    }

    [Theory]
    [InlineData("m", 2, ErrorCode.None)]
    [InlineData("", -1, ErrorCode.None)]
    [InlineData("m", 1, ErrorCode.IllegalGeneration)]
    [InlineData("n", 2, ErrorCode.UnknownMemberId)]
    public async Task Offsets_in_transactions_are_held_to_the_epoch_of_who_says_that_it_is_a_member(string memberId, int epoch, ErrorCode error)
    {
        var response = await _bench.Coordinator.TxnOffsetCommitAsync(
            new TxnOffsetCommitRequest
            {
                GroupId = "g",
                MemberId = memberId,
                GenerationId = epoch,
                TransactionalId = "t",
                ProducerId = 1,
                Topics = [new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic { Name = "a", Partitions = [new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition { CommittedOffset = 5, CommittedMetadata = "" }] }],
            },
            0);
        Assert.Equal(error, response.Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData("m", 2, ErrorCode.None)]
    [InlineData("m", 3, ErrorCode.StaleMemberEpoch)]
    [InlineData("n", 2, ErrorCode.UnknownMemberId)]
    [InlineData(null, -1, ErrorCode.None)]
    public async Task Fetch_is_held_to_the_epoch_of_who_says_that_it_is_a_member(string? memberId, int epoch, ErrorCode error)
    {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup
        {
            GroupId = "g",
            MemberId = memberId,
            MemberEpoch = epoch,
            Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "a", PartitionIndexes = [0] }],
        };

        var response = await _bench.Coordinator.OffsetFetchAsync(new OffsetFetchRequest { Groups = [group] }, new GroupClient("c", "/10.0.0.1", 9));

        Assert.Equal(error, Assert.Single(response.Groups).ErrorCode);
    }

    [Theory]
    [InlineData("", "", "classic g")]
    [InlineData("Streams", "", "g")]
    [InlineData("consumer", "", "")]
    [InlineData("", "stable", "classic g")]
    [InlineData("streams", "NotReady,Assigning,Reconciling", "")]
    public async Task List_is_filtered_by_types_and_states(string types, string states, string expected)
    {
        _bench.Stable(1, group: "classic");
        var request = new ListGroupsRequest
        {
            TypesFilter = [.. types.Split(',', StringSplitOptions.RemoveEmptyEntries)],
            StatesFilter = [.. states.Split(',', StringSplitOptions.RemoveEmptyEntries)],
        };

        var groups = (await _bench.Coordinator.ListGroupsAsync(request)).Groups;

        Assert.Equal(expected, string.Join(' ', groups.Select(group => group.GroupId).Order(StringComparer.Ordinal)));
        Assert.All(groups.Where(group => group.GroupId == "g"), group => Assert.Equal(("streams", "streams", "Stable"), (group.GroupType, group.ProtocolType, group.GroupState)));
    }

    [Fact]
    public async Task Group_is_deleted_when_it_is_empty_and_leaves_nothing_behind()
    {
        await _bench.Commit(new TestMember("m", 2, false), version: 9);
        Assert.Equal(ErrorCode.NonEmptyGroup, await _bench.Delete());
        Leave();
        Assert.Equal(ErrorCode.None, await _bench.Delete());
        Assert.Equal("", _bench.Dump());
        Assert.Equal("", _bench.TakeOver().Dump());
        Assert.Equal(0, _bench.Coordinator.Count().Groups);
    }

    [Theory]
    [InlineData("a", ErrorCode.GroupSubscribedToTopic)]
    [InlineData("u", ErrorCode.None)]
    public async Task Offsets_of_what_is_read_are_not_deleted(string topic, ErrorCode error)
    {
        var response = await _bench.Coordinator.OffsetDeleteAsync(new OffsetDeleteRequest
        {
            GroupId = "g",
            Topics = [new OffsetDeleteRequest.OffsetDeleteRequestTopic { Name = topic, Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = 0 }] }],
        });

        Assert.Equal(error, response.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Offsets_expire_of_topics_that_are_not_read_and_then_the_empty_group()
    {
        var brief = new Bench(Bench.NoDelay with { OffsetsRetention = TimeSpan.FromMinutes(2), OffsetsRetentionCheckInterval = TimeSpan.FromMinutes(1) });
        brief.Settings.Streams = _bench.Settings.Streams;
        brief.Topics.Set("a", 2);
        var member = new TestInstance("m");
        member.Beat(brief);
        await brief.Commit(new TestMember("m", 2, false), topic: "a", version: 9);
        await brief.Commit(new TestMember("m", 2, false), topic: "u", version: 9);
        for (var beat = 0; beat < 10; beat++)
        {
            brief.Pass(30);
            Assert.Equal(ErrorCode.None, member.Beat(brief).Response.ErrorCode);
        }

        Assert.Equal((5, -1), (await brief.Committed(topic: "a"), await brief.Committed(topic: "u")));
        brief.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal("", brief.Dump());
    }

    [Fact]
    public void Groups_are_counted_by_their_states()
    {
        Assert.Equal(1, _bench.Coordinator.Count().StreamsByState["Stable"]);
        var other = new TestInstance("n");
        other.Beat(_bench);
        Assert.Equal((0, 1), (_bench.Coordinator.Count().StreamsByState["Stable"], _bench.Coordinator.Count().StreamsByState["Reconciling"]));
        Assert.Equal((0, 1), (_bench.Coordinator.Count().ByState.Values.Sum(), _bench.Coordinator.Count().Groups));
        _bench.Pass(50);
        Assert.Equal(1, _bench.Coordinator.Count().StreamsByState["Empty"]);
        Assert.Equal(1, _bench.TakeOver().Coordinator.Count().StreamsByState["Empty"]);
        Assert.Equal(2, _bench.Coordinator.Figures.StreamsRebalances);
    }

    [Fact]
    public async Task Sessions_are_ended_on_demand()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, await _bench.Coordinator.ExpireMembersAsync("g", "n"));
        Assert.Equal(ErrorCode.None, await _bench.Coordinator.ExpireMembersAsync("g", null));
        Assert.Equal("Empty", _bench.DescribeStreams().GroupState);
        Assert.Equal(ErrorCode.UnknownMemberId, _member.Beat(_bench).Response.ErrorCode);
    }

    [Fact]
    public async Task Other_protocols_find_no_group_of_theirs_while_there_are_members()
    {
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Bench.Now(_bench.Join()).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, new TestConsumer(_bench, "c").Beat().ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DescribeConsumer().ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await _bench.Describe(version: 6)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.Heartbeat(new TestMember("m", 2, false)));
        Assert.Equal("Stable", _bench.DescribeStreams().GroupState);
    }

    [Fact]
    public async Task Empty_group_makes_way_for_a_classic_one_and_the_other_way_round_and_offsets_stay()
    {
        await _bench.Commit(new TestMember("m", 2, false), version: 9);
        Leave();
        var classic = _bench.Stable(1);
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DescribeStreams().ErrorCode);
        Assert.Equal("", _bench.TakeOver().DescribeStreams().GroupState);

        Bench.Now(_bench.Leave((classic[0].Id, null)));
        _member.Restart();
        Assert.Equal(ErrorCode.None, _member.Beat(_bench).Response.ErrorCode);
        Assert.Equal("Stable", _bench.DescribeStreams().GroupState);
        Assert.Equal(5, await _bench.Committed());
        Assert.Equal(_bench.Dump(), _bench.TakeOver().Dump());
    }

    [Fact]
    public void Group_is_described_with_its_topology_and_who_has_what()
    {
        _bench.Topics.Set("counts", 2);
        var counting = new TestInstance("x")
        {
            Topology = Applications.Named("counting"),
            Process = "p",
            Endpoint = new StreamsGroupHeartbeatRequest.Endpoint { Host = "h", Port = 80 },
        };
        var request = counting.Request();
        request.GroupId = "h";
        request.ClientTags = [new StreamsGroupHeartbeatRequest.KeyValue { Key = "zone", Value = "z" }];
        Bench.Now(_bench.Beat(request));

        var group = _bench.DescribeStreams("h");

        Assert.Equal((ErrorCode.None, "Stable", 2, 2, 0), (group.ErrorCode, group.GroupState, group.GroupEpoch, group.AssignmentEpoch, group.Topology!.Epoch));
        var part = Assert.Single(group.Topology.Subtopologies!);
        Assert.Equal(("c", "a", "counts", 2), (part.SubtopologyId, part.SourceTopics[0], part.StateChangelogTopics[0].Name, part.StateChangelogTopics[0].Partitions));
        var member = Assert.Single(group.Members);
        Assert.Equal(("x", 2, "p", "h", (ushort)80, "zone", "c", false), (member.MemberId, member.MemberEpoch, member.ProcessId, member.UserEndpoint!.Host, member.UserEndpoint.Port, member.ClientTags[0].Key, member.ClientId, member.IsClassic));
        Assert.Equal([0, 1], member.Assignment.ActiveTasks[0].Partitions);
        Assert.Equal([0, 1], member.TargetAssignment.ActiveTasks[0].Partitions);
    }

    private void Leave() => Bench.Now(_bench.Beat(new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = "m", MemberEpoch = -1 }));
}
