using Spate.Broker.Tests.Handlers;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Shares;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Groups;

/// <summary>Share groups over the wire: topics, settings, levels of features and the keeper of delivery state as the broker has them.</summary>
public sealed class ShareGroupTests
{
    public static TheoryData<short> HeartbeatVersions => Versions.From(ShareGroupHeartbeatRequest.LowestVersion, ShareGroupHeartbeatRequest.HighestVersion);

    public static TheoryData<short> DescriptionVersions => Versions.From(DescribeShareGroupOffsetsRequest.LowestVersion, DescribeShareGroupOffsetsRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(HeartbeatVersions))]
    public async Task Member_joins_and_is_assigned_what_has_state_is_described_and_listed_and_leaves(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t", 3);

        var joined = await member.AskAsync(Joining("me", "t"), version);
        Assert.Equal((ErrorCode.None, "me", 1, 5000), (joined.ErrorCode, joined.MemberId, joined.MemberEpoch, joined.HeartbeatIntervalMs));
        var assigned = await AssignedAsync(member, joined, version);
        Assert.Equal([0, 1, 2], Parts(assigned, id));
        Assert.Equal("-1:", await ShareAsk.StateAsync(broker, "g", id, 2));

        var described = Assert.Single((await member.AskAsync(new ShareGroupDescribeRequest { GroupIds = ["g"], IncludeAuthorizedOperations = true }, version)).Groups);
        Assert.Equal(
            (ErrorCode.None, "Stable", assigned.MemberEpoch, assigned.MemberEpoch, "simple"),
            (described.ErrorCode, described.GroupState, described.GroupEpoch, described.AssignmentEpoch, described.AssignorName));
        var only = Assert.Single(described.Members);
        Assert.Equal(("me", assigned.MemberEpoch, "t"), (only.MemberId, only.MemberEpoch, only.Assignment.TopicPartitions[0].TopicName));
        Assert.NotEqual(int.MinValue, described.AuthorizedOperations);
        Assert.Equal(("g", "share", "share", "Stable"), Told(Assert.Single((await member.AskAsync(new ListGroupsRequest { TypesFilter = ["share"], StatesFilter = ["stable"] }, 5)).Groups)));
        Assert.Empty((await member.AskAsync(new ListGroupsRequest { TypesFilter = ["consumer"] }, 5)).Groups);
        Assert.Empty((await member.AskAsync(new ListGroupsRequest { TypesFilter = ["share"], StatesFilter = ["empty"] }, 5)).Groups);

        var left = await member.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = "me", MemberEpoch = -1 }, version);
        Assert.Equal((ErrorCode.None, -1), (left.ErrorCode, left.MemberEpoch));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Members_and_what_is_initialized_are_there_again_after_a_stop_and_after_a_crash(bool isClean)
    {
        var files = new MemoryFileSystem();
        ShareGroupHeartbeatResponse assigned;
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            using var member = await GroupMember.FindAsync(broker, "g");
            await broker.CreateTopicAsync("t", 2);
            assigned = await AssignedAsync(member, await member.AskAsync(Joining("me", "t"), 1), 1);
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(files);
        using var same = await GroupMember.FindAsync(again, "g");
        var beat = await same.AskAsync(Beating("me", assigned.MemberEpoch), 1);
        Assert.Equal((ErrorCode.None, assigned.MemberEpoch, null), (beat.ErrorCode, beat.MemberEpoch, beat.Assignment));
    }

    [Fact]
    public async Task What_is_set_for_a_group_holds_from_the_next_heartbeat_on()
    {
        await using var broker = await TestBroker.StartAsync("group.share.max.size=1");
        using var member = await GroupMember.FindAsync(broker, "g");
        var joined = await member.AskAsync(Joining("me", "t"), 1);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, (await member.AskAsync(Joining("you", "t"), 1)).ErrorCode);

        var altered = await broker.AskAsync(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = 32,
                        ResourceName = "g",
                        Configs = [new IncrementalAlterConfigsRequest.AlterableConfig { Name = "share.heartbeat.interval.ms", Value = "7000" }],
                    },
                ],
            },
            1);

        Assert.Equal(ErrorCode.None, altered.Responses[0].ErrorCode);
        Assert.Equal(7000, (await member.AskAsync(Beating("me", joined.MemberEpoch), 1)).HeartbeatIntervalMs);
    }

    [Fact]
    public async Task Cluster_whose_level_of_share_version_is_0_has_no_such_groups()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var lowered = await broker.AskAsync(
            new UpdateFeaturesRequest { TimeoutMs = 10_000, FeatureUpdates = [new UpdateFeaturesRequest.FeatureUpdateKey { Feature = "share.version", MaxVersionLevel = 0, UpgradeType = 2 }] },
            1);

        Assert.Equal((ErrorCode.None, ErrorCode.None), (lowered.ErrorCode, lowered.Results[0].ErrorCode));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(Joining("me", "t"), 1)).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new ShareGroupDescribeRequest { GroupIds = ["g"] }, 1)).Groups[0].ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new DescribeShareGroupOffsetsRequest { Groups = [new() { GroupId = "g" }] }, 1)).Groups[0].ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new AlterShareGroupOffsetsRequest { GroupId = "g" }, 0)).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new DeleteShareGroupOffsetsRequest { GroupId = "g" }, 0)).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new ShareFetchRequest { GroupId = "g", MemberId = "me" }, 1)).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await member.AskAsync(new ShareAcknowledgeRequest { GroupId = "g", MemberId = "me" }, 1)).ErrorCode);
    }

    [Theory]
    [MemberData(nameof(DescriptionVersions))]
    public async Task Offsets_are_described_with_lag_set_and_forgotten(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 1, "a", "b", "c", "d", "e");
        await AssignedAsync(member, await member.AskAsync(Joining("me", "t"), 1), 1);
        Assert.Equal(ErrorCode.NonEmptyGroup, (await member.AskAsync(Altering(("t", 1, 2)), 0)).ErrorCode);
        Assert.Equal(ErrorCode.NonEmptyGroup, (await member.AskAsync(Forgetting("t"), 0)).ErrorCode);
        await member.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = "me", MemberEpoch = -1 }, 1);
        Assert.Equal("t0=-1 lag -1 t1=-1 lag -1", await OffsetsAsync(member, version));

        var altered = await member.AskAsync(Altering(("t", 1, 2), ("t", 2, 0), ("u", 0, 0)), 0);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition], altered.Responses.SelectMany(topic => topic.Partitions).Select(one => one.ErrorCode));
        var write = ShareAsk.Write("g", id, 1, 0, -1, (3, 3, 2));
        write.Topics[0].Partitions[0].StateEpoch = -1;
        write.Topics[0].Partitions[0].DeliveryCompleteCount = 1;
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(write, 1)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal($"t0=-1 lag -1 t1=2 lag {(version == 0 ? -1 : 2)}", await OffsetsAsync(member, version));
        Assert.Equal("t1=2 u0=-1 UnknownTopicOrPartition", await OffsetsAsync(member, 0, ("t", 1), ("u", 0)));

        var forgotten = await member.AskAsync(Forgetting("t", "u"), 0);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], forgotten.Responses.Select(topic => topic.ErrorCode));
        Assert.Equal("", await OffsetsAsync(member, version));
        Assert.Equal(nameof(ErrorCode.InvalidRequest), await ShareAsk.StateAsync(broker, "g", id, 1));

        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(Altering("other", ("t", 0, 0)), 0)).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new DeleteShareGroupOffsetsRequest { GroupId = "other" }, 0)).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new DescribeShareGroupOffsetsRequest { Groups = [new() { GroupId = "other" }] }, version)).Groups[0].ErrorCode);
    }

    [Fact]
    public async Task What_other_groups_are_asked_for_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await broker.CreateTopicAsync("t");
        await member.AskAsync(Joining("me", "t"), 1);

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await member.JoinAsync(9)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await member.AskAsync(new HeartbeatRequest { GroupId = "g", MemberId = "me", GenerationId = 1 }, 4)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await member.AskAsync(new SyncGroupRequest { GroupId = "g", MemberId = "me", GenerationId = 1 }, 5)).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(
            new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = "you", RebalanceTimeoutMs = 1000, SubscribedTopicNames = ["t"], TopicPartitions = [] }, 1)).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new ConsumerGroupDescribeRequest { GroupIds = ["g"] }, 1)).Groups[0].ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new DescribeGroupsRequest { Groups = ["g"] }, 6)).Groups[0].ErrorCode);
        Assert.Equal("Dead", (await member.AskAsync(new DescribeGroupsRequest { Groups = ["g"] }, 5)).Groups[0].GroupState);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g" }] }, 9)).Groups[0].ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new OffsetDeleteRequest { GroupId = "g" }, 0)).ErrorCode);
        var commit = new OffsetCommitRequest
        {
            GroupId = "g",
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 3 }] }],
        };
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(commit, 9)).Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.NonEmptyGroup, (await member.AskAsync(new DeleteGroupsRequest { GroupsNames = ["g"] }, 2)).Results[0].ErrorCode);

        using var other = await GroupMember.FindAsync(broker, "classic");
        Assert.Equal(ErrorCode.None, (await other.JoinAsync(9)).ErrorCode);
        var wrong = Joining("me", "t");
        wrong.GroupId = "classic";
        Assert.Equal(ErrorCode.GroupIdNotFound, (await other.AskAsync(wrong, 1)).ErrorCode);
    }

    [Fact]
    public async Task Delivery_state_goes_with_its_topic_and_with_its_group()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var gone = await broker.CreateTopicAsync("gone");
        var kept = await broker.CreateTopicAsync("kept");
        var joining = Joining("me", "gone");
        joining.SubscribedTopicNames = ["gone", "kept"];
        var assigned = await AssignedAsync(member, await member.AskAsync(joining, 1), 1);
        Assert.Equal(2, assigned.Assignment!.TopicPartitions.Count);

        await broker.DeleteTopicAsync("gone");
        var left = await member.AskAsync(Beating("me", assigned.MemberEpoch), 1);
        Assert.Equal([0], Parts(left, kept));
        await WhenForgottenAsync(broker, gone);
        await member.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = "me", MemberEpoch = -1 }, 1);
        Assert.Equal(ErrorCode.None, (await member.AskAsync(new DeleteGroupsRequest { GroupsNames = ["g"] }, 2)).Results[0].ErrorCode);
        Assert.Equal(nameof(ErrorCode.InvalidRequest), await ShareAsk.StateAsync(broker, "g", kept));
        Assert.Equal(ErrorCode.GroupIdNotFound, (await member.AskAsync(new ShareGroupDescribeRequest { GroupIds = ["g"] }, 1)).Groups[0].ErrorCode);
        Assert.Empty((await member.AskAsync(new ListGroupsRequest(), 5)).Groups);
    }

    /// <summary>Beats until there is something assigned: what is new is initialized by the broker meanwhile.</summary>
    private static async Task<ShareGroupHeartbeatResponse> AssignedAsync(GroupMember member, ShareGroupHeartbeatResponse joined, short version)
    {
        for (var attempt = 0; ; attempt++)
        {
            var beat = await member.AskAsync(Beating(joined.MemberId!, joined.MemberEpoch), version);
            if (beat.Assignment is not null)
            {
                return beat;
            }

            Assert.True(attempt < 100_000 && beat.ErrorCode == ErrorCode.None, $"Nothing is ever assigned: {beat.ErrorCode}.");
            joined = beat;
        }
    }

    private static async Task WhenForgottenAsync(TestBroker broker, Uuid topic)
    {
        for (var attempt = 0; ; attempt++)
        {
            var state = (await broker.AskAsync(ShareAsk.Summarize("g", topic, 0), 1)).Results[0].Partitions[0];
            if (state is { StartOffset: -1, StateEpoch: 0 })
            {
                return;
            }

            Assert.True(attempt < 100_000, "The state of a deleted topic is never deleted.");
        }
    }

    private static async Task<string> OffsetsAsync(GroupMember member, short version, params (string Topic, int Partition)[] asked)
    {
        var request = new DescribeShareGroupOffsetsRequest
        {
            Groups =
            [
                new()
                {
                    GroupId = "g",
                    Topics = asked.Length == 0 ? null : [.. asked.Select(one => new DescribeShareGroupOffsetsRequest.TopicOffsetsQuery { TopicName = one.Topic, Partitions = [one.Partition] })],
                },
            ],
        };
        var group = Assert.Single((await member.AskAsync(request, version)).Groups);
        Assert.Equal(ErrorCode.None, group.ErrorCode);
        return string.Join(' ', group.Topics.SelectMany(topic => topic.Partitions.Select(one =>
            $"{topic.TopicName}{one.PartitionIndex}={one.StartOffset}{(asked.Length == 0 ? $" lag {one.Lag}" : "")}{(one.ErrorCode == ErrorCode.None ? "" : $" {one.ErrorCode}")}")));
    }

    private static AlterShareGroupOffsetsRequest Altering(params (string Topic, int Partition, long Offset)[] starts) => Altering("g", starts);

    private static AlterShareGroupOffsetsRequest Altering(string group, params (string Topic, int Partition, long Offset)[] starts) => new()
    {
        GroupId = group,
        Topics =
        [
            .. starts.GroupBy(start => start.Topic, (topic, those) => new AlterShareGroupOffsetsRequest.TopicOffsets
            {
                TopicName = topic,
                Partitions = [.. those.Select(one => new AlterShareGroupOffsetsRequest.PartitionOffset { PartitionIndex = one.Partition, StartOffset = one.Offset })],
            }),
        ],
    };

    private static DeleteShareGroupOffsetsRequest Forgetting(params string[] topics) =>
        new() { GroupId = "g", Topics = [.. topics.Select(topic => new DeleteShareGroupOffsetsRequest.DeletedTopic { TopicName = topic })] };

    private static ShareGroupHeartbeatRequest Joining(string memberId, string topic) => new() { GroupId = "g", MemberId = memberId, SubscribedTopicNames = [topic] };

    private static ShareGroupHeartbeatRequest Beating(string memberId, int epoch) => new() { GroupId = "g", MemberId = memberId, MemberEpoch = epoch };

    private static (string, string, string, string) Told(ListGroupsResponse.ListedGroup group) => (group.GroupId, group.GroupType, group.ProtocolType, group.GroupState);

    private static int[] Parts(ShareGroupHeartbeatResponse response, Uuid topic)
    {
        var only = Assert.Single(response.Assignment!.TopicPartitions);
        Assert.Equal(topic, only.TopicId);
        return [.. only.Partitions];
    }
}
