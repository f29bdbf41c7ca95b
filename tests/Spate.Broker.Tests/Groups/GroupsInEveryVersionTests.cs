using Spate.Broker.Tests.Handlers;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Groups;

/// <summary>The APIs of groups answer a normal request in every version that is advertised, and the answer says what it should.</summary>
public sealed class GroupsInEveryVersionTests
{
    public static TheoryData<short> JoinGroupVersions => Versions.From(JoinGroupRequest.LowestVersion, JoinGroupRequest.HighestVersion);

    public static TheoryData<short> SyncGroupVersions => Versions.From(SyncGroupRequest.LowestVersion, SyncGroupRequest.HighestVersion);

    public static TheoryData<short> HeartbeatVersions => Versions.From(HeartbeatRequest.LowestVersion, HeartbeatRequest.HighestVersion);

    public static TheoryData<short> LeaveGroupVersions => Versions.From(LeaveGroupRequest.LowestVersion, LeaveGroupRequest.HighestVersion);

    public static TheoryData<short> OffsetCommitVersions => Versions.From(OffsetCommitRequest.LowestVersion, OffsetCommitRequest.HighestVersion);

    public static TheoryData<short> OffsetFetchVersions => Versions.From(OffsetFetchRequest.LowestVersion, OffsetFetchRequest.HighestVersion);

    public static TheoryData<short> DescribeGroupsVersions => Versions.From(DescribeGroupsRequest.LowestVersion, DescribeGroupsRequest.HighestVersion);

    public static TheoryData<short> ListGroupsVersions => Versions.From(ListGroupsRequest.LowestVersion, ListGroupsRequest.HighestVersion);

    public static TheoryData<short> DeleteGroupsVersions => Versions.From(DeleteGroupsRequest.LowestVersion, DeleteGroupsRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(JoinGroupVersions))]
    public async Task JoinGroup_makes_the_only_member_the_leader(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");

        var joined = await member.JoinAsync(version);

        Assert.Equal((ErrorCode.None, 1, "range"), (joined.ErrorCode, joined.GenerationId, joined.ProtocolName));
        Assert.Equal(joined.MemberId, joined.Leader);
        Assert.Equal(version >= 7 ? "consumer" : null, joined.ProtocolType);
        Assert.Equal([1, 2], Assert.Single(joined.Members).Metadata.ToArray());
        Assert.False(joined.SkipAssignment);
    }

    [Theory]
    [MemberData(nameof(JoinGroupVersions))]
    public async Task JoinGroup_that_is_refused_says_so_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "");

        var refused = await member.JoinAsync(version);

        Assert.Equal((ErrorCode.InvalidGroupId, -1), (refused.ErrorCode, refused.GenerationId));
    }

    [Theory]
    [MemberData(nameof(SyncGroupVersions))]
    public async Task SyncGroup_gives_the_leader_its_own_assignment(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);

        var synced = await member.SyncAsync(version);

        Assert.Equal(ErrorCode.None, synced.ErrorCode);
        Assert.Equal([9, 9], synced.Assignment.ToArray());
        Assert.Equal(version >= 5 ? ("consumer", "range") : (null, null), (synced.ProtocolType, synced.ProtocolName));
    }

    [Theory]
    [MemberData(nameof(HeartbeatVersions))]
    public async Task Heartbeat_of_a_member_is_taken_and_of_a_stranger_refused(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);

        Assert.Equal(ErrorCode.None, (await member.AskAsync(new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = member.Id }, version)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await member.AskAsync(new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = "x" }, version)).ErrorCode);
    }

    [Theory]
    [MemberData(nameof(LeaveGroupVersions))]
    public async Task LeaveGroup_lets_a_member_go(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);
        var request = version < 3
            ? new LeaveGroupRequest { GroupId = "g", MemberId = member.Id }
            : new LeaveGroupRequest { GroupId = "g", Members = [new LeaveGroupRequest.MemberIdentity { MemberId = member.Id }, new LeaveGroupRequest.MemberIdentity { MemberId = "x" }] };

        var left = await member.AskAsync(request, version);

        Assert.Equal(ErrorCode.None, left.ErrorCode);
        Assert.Equal(
            version < 3 ? [] : [(member.Id, ErrorCode.None), ("x", ErrorCode.UnknownMemberId)],
            left.Members.Select(each => (each.MemberId, each.ErrorCode)));
        var described = await member.AskAsync(new DescribeGroupsRequest { Groups = ["g"] }, 0);
        Assert.Equal("Empty", described.Groups[0].GroupState);
    }

    [Theory]
    [MemberData(nameof(OffsetCommitVersions))]
    public async Task OffsetCommit_keeps_what_can_be_kept_and_refuses_the_rest(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        var request = Ask.Commit("g", "t", id, 0, 5);
        request.Topics[0].Partitions.Add(new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 4, CommittedOffset = 6 });

        var reply = await member.AskAsync(request, version);

        var topic = Assert.Single(reply.Topics);
        Assert.Equal(version < 10 ? ("t", default) : ("", id), (topic.Name, topic.TopicId));
        Assert.Equal([(0, ErrorCode.None), (4, ErrorCode.UnknownTopicOrPartition)], topic.Partitions.Select(each => (each.PartitionIndex, each.ErrorCode)));
        Assert.Equal(5, await member.CommittedAsync("t", 0));
    }

    [Theory]
    [MemberData(nameof(OffsetFetchVersions))]
    public async Task OffsetFetch_tells_what_was_committed(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t", 2);
        await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);

        if (version < 8)
        {
            var old = await member.AskAsync(
                new OffsetFetchRequest { GroupId = "g", Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "t", PartitionIndexes = [0, 1] }] }, version);
            Assert.Equal(ErrorCode.None, old.ErrorCode);
            Assert.Equal(
                [(0, 5L, "m", ErrorCode.None), (1, -1L, "", ErrorCode.None)],
                Assert.Single(old.Topics).Partitions.Select(each => (each.PartitionIndex, each.CommittedOffset, each.Metadata, each.ErrorCode)));
            return;
        }

        var reply = await member.AskAsync(
            new OffsetFetchRequest
            {
                Groups =
                [
                    new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "g", Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", TopicId = id, PartitionIndexes = [0, 1] }] },
                    new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "other", Topics = null },
                ],
            },
            version);
        Assert.Equal([("g", ErrorCode.None), ("other", ErrorCode.None)], reply.Groups.Select(each => (each.GroupId, each.ErrorCode)));
        var topic = Assert.Single(reply.Groups[0].Topics);
        Assert.Equal(version < 10 ? ("t", default) : ("", id), (topic.Name, topic.TopicId));
        Assert.Equal(
            [(0, 5L, "m", ErrorCode.None), (1, -1L, "", ErrorCode.None)],
            topic.Partitions.Select(each => (each.PartitionIndex, each.CommittedOffset, each.Metadata, each.ErrorCode)));
        Assert.Empty(reply.Groups[1].Topics);
    }

    [Theory]
    [MemberData(nameof(DescribeGroupsVersions))]
    public async Task DescribeGroups_shows_members_and_their_assignments(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);

        var mayAsk = version >= 3;
        var reply = await member.AskAsync(new DescribeGroupsRequest { Groups = ["g", "none"], IncludeAuthorizedOperations = mayAsk }, version);

        Assert.Equal(["g", "none"], reply.Groups.Select(each => each.GroupId));
        Assert.Equal(("Stable", "consumer", "range"), (reply.Groups[0].GroupState, reply.Groups[0].ProtocolType, reply.Groups[0].ProtocolData));
        Assert.Equal(mayAsk, reply.Groups[0].AuthorizedOperations > 0);
        var shown = Assert.Single(reply.Groups[0].Members);
        Assert.Equal((member.Id, "a-test", "/127.0.0.1"), (shown.MemberId, shown.ClientId, shown.ClientHost));
        Assert.Equal([9, 9], shown.MemberAssignment.ToArray());
        Assert.Equal(("Dead", version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None), (reply.Groups[1].GroupState, reply.Groups[1].ErrorCode));
    }

    [Theory]
    [MemberData(nameof(ListGroupsVersions))]
    public async Task ListGroups_names_the_groups(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);

        var reply = await member.AskAsync(new ListGroupsRequest(), version);

        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        var group = Assert.Single(reply.Groups);
        Assert.Equal(("g", "consumer"), (group.GroupId, group.ProtocolType));
        Assert.Equal((version >= 4 ? "Stable" : "", version >= 5 ? "classic" : ""), (group.GroupState, group.GroupType));
    }

    [Theory]
    [MemberData(nameof(DeleteGroupsVersions))]
    public async Task DeleteGroups_deletes_an_empty_group_and_refuses_an_unknown_one(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);

        var reply = await member.AskAsync(new DeleteGroupsRequest { GroupsNames = ["g", "none"] }, version);

        Assert.Equal([("g", ErrorCode.None), ("none", ErrorCode.GroupIdNotFound)], reply.Results.Select(each => (each.GroupId, each.ErrorCode)));
        Assert.Equal(-1, await member.CommittedAsync("t", 0));
    }

    [Fact]
    public async Task OffsetDelete_forgets_an_offset()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);

        var reply = await member.AskAsync(
            new OffsetDeleteRequest
            {
                GroupId = "g",
                Topics = [new OffsetDeleteRequest.OffsetDeleteRequestTopic { Name = "t", Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = 0 }] }],
            },
            0);

        Assert.Equal((ErrorCode.None, ErrorCode.None), (reply.ErrorCode, reply.Topics[0].Partitions[0].ErrorCode));
        Assert.Equal(-1, await member.CommittedAsync("t", 0));
    }

    [Fact]
    public async Task OffsetDelete_refuses_what_does_not_exist_beside_what_does()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);

        var reply = await member.AskAsync(
            new OffsetDeleteRequest { GroupId = "g", Topics = [OffsetsOf("t", 0, 7), OffsetsOf("nowhere", 0)] },
            0);

        Assert.Equal(
            [("t", 0, ErrorCode.None), ("t", 7, ErrorCode.UnknownTopicOrPartition), ("nowhere", 0, ErrorCode.UnknownTopicOrPartition)],
            reply.Topics.SelectMany(topic => topic.Partitions.Select(partition => (topic.Name, partition.PartitionIndex, partition.ErrorCode))));
        Assert.Equal(-1, await member.CommittedAsync("t", 0));
    }

    private static OffsetDeleteRequest.OffsetDeleteRequestTopic OffsetsOf(string topic, params int[] partitions) => new()
    {
        Name = topic,
        Partitions = [.. partitions.Select(static partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition })],
    };
}
