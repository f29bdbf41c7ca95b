using Spate.Broker.Tests.Handlers;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Groups;

/// <summary>Groups of the consumer protocol over the wire: topics, settings and levels of features as the broker has them.</summary>
public sealed class ConsumerGroupTests
{
    public static TheoryData<short> HeartbeatVersions => Versions.From(ConsumerGroupHeartbeatRequest.LowestVersion, ConsumerGroupHeartbeatRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(HeartbeatVersions))]
    public async Task Member_joins_and_is_assigned_partitions_is_described_and_leaves(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t", 3);

        var joined = await member.AskAsync(Joining(version == 0 ? "" : "me", "t"), version);

        Assert.Equal((ErrorCode.None, 1, 5000), (joined.ErrorCode, joined.MemberEpoch, joined.HeartbeatIntervalMs));
        Assert.Equal([0, 1, 2], Parts(joined, id));
        var described = Assert.Single((await member.AskAsync(new ConsumerGroupDescribeRequest { GroupIds = ["g"], IncludeAuthorizedOperations = true }, version)).Groups);
        Assert.Equal(
            (ErrorCode.None, "Stable", 1, 1, "uniform"), (described.ErrorCode, described.GroupState, described.GroupEpoch, described.AssignmentEpoch, described.AssignorName));
        var only = Assert.Single(described.Members);
        Assert.Equal((joined.MemberId, (sbyte)(version == 0 ? -1 : 1)), (only.MemberId, only.MemberType));
        Assert.Equal("t", only.Assignment.TopicPartitions[0].TopicName);
        Assert.Equal([0, 1, 2], only.Assignment.TopicPartitions[0].Partitions);
        Assert.NotEqual(int.MinValue, described.AuthorizedOperations);

        var left = await member.AskAsync(new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = joined.MemberId!, MemberEpoch = -1 }, version);
        Assert.Equal((ErrorCode.None, -1), (left.ErrorCode, left.MemberEpoch));
    }

    [Fact]
    public async Task Partitions_that_are_added_and_topics_that_are_deleted_reach_the_members()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t", 1);
        var joined = await member.AskAsync(Joining("me", "t"), 1);

        await broker.AskAsync(new CreatePartitionsRequest { Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = "t", Count = 2, Assignments = null }], TimeoutMs = 10_000 }, 3);
        var widened = await member.AskAsync(Beating("me", joined.MemberEpoch), 1);
        Assert.Equal(2, widened.MemberEpoch);
        Assert.Equal([0, 1], Parts(widened, id));

        await broker.AskAsync(new DeleteTopicsRequest { TopicNames = ["t"], TimeoutMs = 10_000 }, 5);
        var emptied = await member.AskAsync(Beating("me", widened.MemberEpoch), 1);
        Assert.Empty(emptied.Assignment!.TopicPartitions);
    }

    [Fact]
    public async Task What_is_set_for_a_group_holds_from_the_next_heartbeat_on()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var joined = await member.AskAsync(Joining("me", "t"), 1);

        var altered = await broker.AskAsync(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = 32,
                        ResourceName = "g",
                        Configs = [new IncrementalAlterConfigsRequest.AlterableConfig { Name = "consumer.heartbeat.interval.ms", Value = "7000" }],
                    },
                ],
            },
            1);

        Assert.Equal(ErrorCode.None, altered.Responses[0].ErrorCode);
        Assert.Equal(7000, (await member.AskAsync(Beating("me", joined.MemberEpoch), 1)).HeartbeatIntervalMs);
    }

    [Fact]
    public async Task Cluster_whose_level_of_group_version_is_0_has_no_such_groups()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var lowered = await broker.AskAsync(
            new UpdateFeaturesRequest { TimeoutMs = 10_000, FeatureUpdates = [new UpdateFeaturesRequest.FeatureUpdateKey { Feature = "group.version", MaxVersionLevel = 0, UpgradeType = 2 }] },
            1);

        Assert.Equal((ErrorCode.None, ErrorCode.None), (lowered.ErrorCode, lowered.Results[0].ErrorCode));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(Joining("me", "t"), 1)).ErrorCode);
    }

    private static ConsumerGroupHeartbeatRequest Joining(string memberId, string topic) => new()
    {
        GroupId = "g",
        MemberId = memberId,
        RebalanceTimeoutMs = 60_000,
        SubscribedTopicNames = [topic],
        TopicPartitions = [],
    };

    private static ConsumerGroupHeartbeatRequest Beating(string memberId, int epoch) => new() { GroupId = "g", MemberId = memberId, MemberEpoch = epoch };

    private static int[] Parts(ConsumerGroupHeartbeatResponse response, Uuid topic)
    {
        var only = Assert.Single(response.Assignment!.TopicPartitions);
        Assert.Equal(topic, only.TopicId);
        return [.. only.Partitions];
    }
}
