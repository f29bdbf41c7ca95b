using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Groups;

/// <summary>Streams groups over the wire: topics that are really created, settings and levels of features as the broker has them.</summary>
public sealed class StreamsGroupTests
{
    private const string NoDelay = "group.streams.initial.rebalance.delay.ms=0";
    private const sbyte MissingSourceTopics = 1;
    private const sbyte MissingInternalTopics = 3;

    [Fact]
    public async Task Application_joins_gets_its_own_topics_and_its_tasks_is_described_and_leaves()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("in", 3);

        var joined = await member.AskAsync(Joining("me"), 0);

        Assert.Equal((ErrorCode.None, 2, 5000), (joined.ErrorCode, joined.MemberEpoch, joined.HeartbeatIntervalMs));
        Assert.Equal("Internal topics are missing: [g-counts-changelog, g-counts-repartition]", Status(joined, MissingInternalTopics));
        Assert.Empty(joined.ActiveTasks!);
        var topics = (await broker.AskAsync(Names("g-counts-changelog", "g-counts-repartition"), 9)).Topics;
        Assert.All(topics, topic => Assert.Equal((ErrorCode.None, 3), (topic.ErrorCode, topic.Partitions.Count)));
        Assert.Equal("compact", await CleanupPolicyAsync(broker, "g-counts-changelog"));

        var beaten = await member.AskAsync(Beating("me", joined.MemberEpoch), 0);
        Assert.Null(beaten.Status);
        Assert.Equal(["count", "group"], beaten.ActiveTasks!.Select(tasks => tasks.SubtopologyId));
        Assert.All(beaten.ActiveTasks!, tasks => Assert.Equal([0, 1, 2], tasks.Partitions));

        var described = Assert.Single((await member.AskAsync(new StreamsGroupDescribeRequest { GroupIds = ["g"], IncludeAuthorizedOperations = true }, 0)).Groups);
        Assert.Equal((ErrorCode.None, "Stable", 3, 3), (described.ErrorCode, described.GroupState, described.GroupEpoch, described.AssignmentEpoch));
        Assert.Equal(3, described.Topology!.Subtopologies![0].StateChangelogTopics[0].Partitions);
        Assert.Equal("me", Assert.Single(described.Members).MemberId);
        Assert.NotEqual(int.MinValue, described.AuthorizedOperations);
        var listed = Assert.Single((await member.AskAsync(new ListGroupsRequest { TypesFilter = ["streams"] }, 5)).Groups);
        Assert.Equal(("g", "streams", "Stable"), (listed.GroupId, listed.GroupType, listed.GroupState));

        var left = await member.AskAsync(Beating("me", -1), 0);
        Assert.Equal((ErrorCode.None, -1), (left.ErrorCode, left.MemberEpoch));
        Assert.Equal(ErrorCode.None, (await member.AskAsync(new DeleteGroupsRequest { GroupsNames = ["g"] }, 2)).Results[0].ErrorCode);
    }

    [Fact]
    public async Task Topics_that_cannot_be_created_are_told_of_until_they_are_there()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("in", 3);
        var joining = Joining("me");
        joining.Topology!.Subtopologies[0].StateChangelogTopics[0].TopicConfigs[0].Value = "both";

        var joined = await member.AskAsync(joining, 0);
        var again = await member.AskAsync(Beating("me", joined.MemberEpoch), 0);

        Assert.Contains("Creation failed: g-counts-changelog (", Status(joined, MissingInternalTopics), StringComparison.Ordinal);
        Assert.Contains("Internal topics are missing: [g-counts-changelog]; Creation failed: g-counts-changelog (", Status(again, MissingInternalTopics), StringComparison.Ordinal);
        Assert.Contains(broker.Log.Complaints, line => line.Contains("g-counts-changelog", StringComparison.Ordinal));

        await broker.CreateTopicAsync("g-counts-changelog", 3);
        var ready = await member.AskAsync(Beating("me", again.MemberEpoch), 0);
        Assert.Null(ready.Status);
        Assert.Equal(2, ready.ActiveTasks!.Count);
    }

    [Fact]
    public async Task Source_that_is_missing_is_told_of_until_it_is_there()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay, "auto.create.topics.enable=false");
        using var member = await GroupMember.FindAsync(broker, "g");
        var joined = await member.AskAsync(Joining("me"), 0);
        Assert.Equal("Source topics in are missing.", Status(joined, MissingSourceTopics));

        await broker.CreateTopicAsync("in", 2);
        var second = await member.AskAsync(Beating("me", joined.MemberEpoch), 0);
        Assert.NotEmpty(Status(second, MissingInternalTopics));
        Assert.Equal(2, (await member.AskAsync(Beating("me", second.MemberEpoch), 0)).ActiveTasks!.Count);
    }

    [Fact]
    public async Task What_is_set_for_a_group_holds_from_the_next_heartbeat_on()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("in", 2);
        var epoch = (await member.AskAsync(Joining("me"), 0)).MemberEpoch;
        epoch = (await member.AskAsync(Beating("me", epoch), 0)).MemberEpoch;
        var other = await member.AskAsync(Joining("you"), 0);

        await SetAsync(broker, "streams.heartbeat.interval.ms", "7000");
        await SetAsync(broker, "streams.num.standby.replicas", "1");
        var beaten = await member.AskAsync(Beating("you", other.MemberEpoch), 0);

        Assert.Equal(7000, beaten.HeartbeatIntervalMs);
        Assert.Equal(epoch + 2, beaten.MemberEpoch);
        Assert.Equal(2, beaten.StandbyTasks!.Sum(tasks => tasks.Partitions.Count));
    }

    [Fact]
    public async Task New_member_warms_tasks_up_until_it_has_caught_up_with_their_state()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay, "group.streams.num.warmup.replicas=1");
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("in", 2);
        await broker.CreateTopicAsync("g-counts-changelog", 2);
        await SetAsync(broker, "streams.acceptable.recovery.lag", "100");
        await SetAsync(broker, "streams.task.offset.interval.ms", "20000");

        var me = await member.AskAsync(Telling(Counting("me")), 0);
        Assert.Equal((ErrorCode.None, 100, 20000, "count 0 1"), (me.ErrorCode, me.AcceptableRecoveryLag, me.TaskOffsetIntervalMs, Names(me.ActiveTasks)));
        await member.AskAsync(Telling(Beating("me", me.MemberEpoch), (0, 5000, 5000), (1, 5000, 5000)), 0);
        var you = await member.AskAsync(Telling(Counting("you")), 0);
        Assert.Equal((me.MemberEpoch + 1, "", "count 1"), (you.MemberEpoch, Names(you.ActiveTasks), Names(you.WarmupTasks)));

        var behind = await member.AskAsync(Telling(Owning(Beating("you", you.MemberEpoch), you), (1, 4899, 5000)), 0);
        Assert.Equal((you.MemberEpoch, null), (behind.MemberEpoch, behind.WarmupTasks));
        var described = Assert.Single((await member.AskAsync(new StreamsGroupDescribeRequest { GroupIds = ["g"] }, 0)).Groups).Members.Single(each => each.MemberId == "you");
        Assert.Equal((4899, 5000), (Assert.Single(described.TaskOffsets).Offset, Assert.Single(described.TaskEndOffsets).Offset));
        Assert.Equal([1], Assert.Single(described.Assignment.WarmupTasks).Partitions);
        Assert.Equal([1], Assert.Single(described.TargetAssignment.WarmupTasks).Partitions);

        // It has caught up: it lets go of the copy, then the other one of the task, and then it does it.
        var there = await member.AskAsync(Telling(Beating("you", you.MemberEpoch), (1, 4900, 5000)), 0);
        Assert.Equal(("", ""), (Names(there.ActiveTasks), Names(there.WarmupTasks)));
        there = await member.AskAsync(Owning(Beating("you", there.MemberEpoch), there), 0);
        Assert.Equal((you.MemberEpoch + 1, null), (there.MemberEpoch, there.ActiveTasks));
        var given = await member.AskAsync(Beating("me", me.MemberEpoch), 0);
        Assert.Equal("count 0", Names(given.ActiveTasks));
        await member.AskAsync(Owning(Beating("me", given.MemberEpoch), given), 0);
        Assert.Equal("count 1", Names((await member.AskAsync(Beating("you", there.MemberEpoch), 0)).ActiveTasks));
    }

    [Fact]
    public async Task Offset_below_0_is_refused()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        var joined = await member.AskAsync(Telling(Joining("me"), (1, -1, 0)), 0);
        Assert.Equal((ErrorCode.InvalidRequest, "TaskOffsets say -1 of task 1 of subtopology count, but must be 0 or more."), (joined.ErrorCode, joined.ErrorMessage));
    }

    [Fact]
    public async Task Group_waits_for_members_by_the_clock_of_the_broker()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("in", 2);
        await broker.CreateTopicAsync("g-counts-changelog", 2);
        await broker.CreateTopicAsync("g-counts-repartition", 2);
        var joined = await member.AskAsync(Joining("me"), 0);
        Assert.Equal("Assignment delayed due to the configured initial rebalance delay.", Status(joined, 5));

        using var figures = new Readings(broker.Metrics.Meter);
        Assert.Equal((1, 0), (figures["spate.groups.streams.by_state", "assigning"], figures["spate.groups.streams.rebalances"]));

        broker.Clock.Advance(TimeSpan.FromSeconds(4));
        await broker.WhenAsync(() => Refreshed(figures)["spate.groups.streams.rebalances"] == 1, "the first assignment");

        var beaten = await member.AskAsync(Beating("me", joined.MemberEpoch), 0);
        Assert.Equal((1, 2, 2), (joined.MemberEpoch, beaten.MemberEpoch, beaten.ActiveTasks!.Count));
        Assert.Equal((1, 1, 0), (Refreshed(figures)["spate.groups.count", "streams"], figures["spate.groups.streams.by_state", "stable"], figures["spate.groups.streams.by_state", "not_ready"]));
    }

    [Fact]
    public async Task Group_is_there_after_a_restart()
    {
        var files = new MemoryFileSystem();
        int epoch;
        await using (var broker = await TestBroker.StartOnAsync(files, NoDelay))
        {
            using var member = await GroupMember.FindAsync(broker, "g");
            await broker.CreateTopicAsync("in", 2);
            epoch = (await member.AskAsync(Joining("me"), 0)).MemberEpoch;
            epoch = (await member.AskAsync(Beating("me", epoch), 0)).MemberEpoch;
        }

        await using var restarted = await TestBroker.StartOnAsync(files, NoDelay);
        using var again = await GroupMember.FindAsync(restarted, "g");
        var beaten = await again.AskAsync(Beating("me", epoch), 0);
        Assert.Equal((ErrorCode.None, 3), (beaten.ErrorCode, beaten.MemberEpoch));
        Assert.Equal("Stable", (await again.AskAsync(new StreamsGroupDescribeRequest { GroupIds = ["g"] }, 0)).Groups[0].GroupState);
    }

    [Theory]
    [InlineData("__consumer_offsets", "Use of Kafka internal topics __consumer_offsets in a Kafka Streams topology is prohibited.")]
    [InlineData("a b", "Topic names a b are not valid topic names.")]
    public async Task Topology_with_names_that_no_topic_may_have_is_refused(string name, string message)
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        var joining = Joining("me");
        joining.Topology!.Subtopologies[0].StateChangelogTopics[0].Name = name;
        var joined = await member.AskAsync(joining, 0);
        Assert.Equal((ErrorCode.StreamsInvalidTopology, message), (joined.ErrorCode, joined.ErrorMessage));
    }

    [Fact]
    public async Task Cluster_whose_level_of_streams_version_is_0_has_no_such_groups()
    {
        await using var broker = await TestBroker.StartAsync(NoDelay);
        using var member = await GroupMember.FindAsync(broker, "g");
        var lowered = await broker.AskAsync(
            new UpdateFeaturesRequest { TimeoutMs = 10_000, FeatureUpdates = [new UpdateFeaturesRequest.FeatureUpdateKey { Feature = "streams.version", MaxVersionLevel = 0, UpgradeType = 2 }] },
            1);

        Assert.Equal((ErrorCode.None, ErrorCode.None), (lowered.ErrorCode, lowered.Results[0].ErrorCode));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(Joining("me"), 0)).ErrorCode);
    }

    [Theory]
    [InlineData("group.coordinator.rebalance.protocols=classic,consumer", ErrorCode.UnsupportedVersion)]
    [InlineData("group.streams.max.size=1", ErrorCode.GroupMaxSizeReached)]
    public async Task Broker_that_is_set_otherwise_refuses_members(string setting, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync(NoDelay, setting);
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.AskAsync(Joining("me"), 0);
        Assert.Equal(error, (await member.AskAsync(Joining("you"), 0)).ErrorCode);
    }

    private static Readings Refreshed(Readings figures)
    {
        figures.Refresh();
        return figures;
    }

    /// <summary>How far a member is with the tasks that count: each task, its offset, and its end.</summary>
    private static StreamsGroupHeartbeatRequest Telling(StreamsGroupHeartbeatRequest request, params (int Task, long Offset, long End)[] told)
    {
        request.TaskOffsets = [.. told.Select(each => new StreamsGroupHeartbeatRequest.TaskOffset { SubtopologyId = "count", Partition = each.Task, Offset = each.Offset })];
        request.TaskEndOffsets = [.. told.Select(each => new StreamsGroupHeartbeatRequest.TaskOffset { SubtopologyId = "count", Partition = each.Task, Offset = each.End })];
        return request;
    }

    /// <summary>The member has what it was told.</summary>
    private static StreamsGroupHeartbeatRequest Owning(StreamsGroupHeartbeatRequest request, StreamsGroupHeartbeatResponse told)
    {
        request.ActiveTasks = Same(told.ActiveTasks);
        request.StandbyTasks = Same(told.StandbyTasks);
        request.WarmupTasks = Same(told.WarmupTasks);
        return request;

        static List<StreamsGroupHeartbeatRequest.TaskIds> Same(List<StreamsGroupHeartbeatResponse.TaskIds>? tasks) =>
            [.. tasks!.Select(each => new StreamsGroupHeartbeatRequest.TaskIds { SubtopologyId = each.SubtopologyId, Partitions = each.Partitions })];
    }

    private static string Names(List<StreamsGroupHeartbeatResponse.TaskIds>? tasks) => string.Join("; ", tasks!.Select(each => $"{each.SubtopologyId} {string.Join(' ', each.Partitions)}"));

    /// <summary>An application that only counts what it reads.</summary>
    private static StreamsGroupHeartbeatRequest Counting(string memberId)
    {
        var request = Joining(memberId);
        request.Topology!.Subtopologies = [new StreamsGroupHeartbeatRequest.Subtopology { SubtopologyId = "count", SourceTopics = ["in"], StateChangelogTopics = [Topic("g-counts-changelog", "compact")] }];
        return request;
    }

    private static StreamsGroupHeartbeatRequest Joining(string memberId) => new()
    {
        GroupId = "g",
        MemberId = memberId,
        RebalanceTimeoutMs = 60_000,
        ProcessId = memberId,
        EndpointInformationEpoch = -1,
        ActiveTasks = [],
        StandbyTasks = [],
        WarmupTasks = [],
        Topology = new StreamsGroupHeartbeatRequest.StreamsTopology
        {
            Subtopologies =
            [
                new StreamsGroupHeartbeatRequest.Subtopology
                {
                    SubtopologyId = "count",
                    RepartitionSourceTopics = [Topic("g-counts-repartition", "delete")],
                    StateChangelogTopics = [Topic("g-counts-changelog", "compact")],
                },
                new StreamsGroupHeartbeatRequest.Subtopology { SubtopologyId = "group", SourceTopics = ["in"], RepartitionSinkTopics = ["g-counts-repartition"] },
            ],
        },
    };

    private static StreamsGroupHeartbeatRequest.TopicConfiguration Topic(string name, string cleanup) => new()
    {
        Name = name,
        TopicConfigs = [new StreamsGroupHeartbeatRequest.KeyValue { Key = "cleanup.policy", Value = cleanup }],
    };

    private static StreamsGroupHeartbeatRequest Beating(string memberId, int epoch) => new() { GroupId = "g", MemberId = memberId, MemberEpoch = epoch };

    private static MetadataRequest Names(params string[] topics) => new()
    {
        Topics = [.. topics.Select(topic => new MetadataRequest.MetadataRequestTopic { Name = topic })],
        AllowAutoTopicCreation = false,
    };

    private static string Status(StreamsGroupHeartbeatResponse response, sbyte code) => Assert.Single(response.Status!, status => status.StatusCode == code).StatusDetail;

    private static async Task<string?> CleanupPolicyAsync(TestBroker broker, string topic)
    {
        var described = await broker.AskAsync(
            new DescribeConfigsRequest { Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = topic, ConfigurationKeys = ["cleanup.policy"] }] }, 4);
        return Assert.Single(described.Results[0].Configs).Value;
    }

    private static async Task SetAsync(TestBroker broker, string name, string value)
    {
        var altered = await broker.AskAsync(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = 32,
                        ResourceName = "g",
                        Configs = [new IncrementalAlterConfigsRequest.AlterableConfig { Name = name, Value = value }],
                    },
                ],
            },
            1);
        Assert.Equal(ErrorCode.None, altered.Responses[0].ErrorCode);
    }
}
