using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Shares;

/// <summary>Share groups from end to end: members join, are assigned what has been initialized, fetch it and say what became of it, and the group's offsets follow.</summary>
public sealed class ShareEndToEndTests
{
    [Fact]
    public async Task Members_who_are_assigned_the_same_partition_share_its_records_and_the_offsets_of_the_group_follow()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        using var group = await GroupMember.FindAsync(broker, "g");
        await ReadFromTheStartAsync(broker);
        Assert.Equal("0", await AssignedAsync(group, "me"));
        Assert.Equal("0", await AssignedAsync(group, "you"));
        await broker.ProduceAsync("t", 0, "a", "b", "c", "d", "e");

        var me = await ShareMember.JoinAsync(broker, "g", "me", (topic, 0));
        var you = await ShareMember.JoinAsync(broker, "g", "you", (topic, 0));
        Assert.Equal("0*1=a 1*1=b", await me.FetchAsync(recordsMax: 2, mode: 1));
        Assert.Equal("2*1=c 3*1=d 4*1=e", await you.FetchAsync());
        Assert.Equal(ErrorCode.None, await you.AcknowledgeAsync(2, 4, ShareMember.Accept));
        Assert.Equal((0, 2), await OffsetAsync(group));
        Assert.Equal(ErrorCode.None, await me.AcknowledgeAsync(0, 1, ShareMember.Accept, ShareMember.Release));
        Assert.Equal((1, 1), await OffsetAsync(group));
        Assert.Equal("1*2=b", await you.FetchAsync());
        Assert.Equal(ErrorCode.None, await you.AcknowledgeAsync(1, 1, ShareMember.Accept));
        Assert.Equal((5, 0), await OffsetAsync(group));
        Assert.Empty(broker.Log.Complaints);
    }

    [Fact]
    public async Task A_group_whose_offsets_are_set_gets_records_again_also_from_a_leader_that_had_it_before()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        using var group = await GroupMember.FindAsync(broker, "g");
        await ReadFromTheStartAsync(broker);
        await broker.ProduceAsync("t", 0, "a", "b", "c");
        await AssignedAsync(group, "me");
        var me = await ShareMember.JoinAsync(broker, "g", "me", (topic, 0));
        Assert.Equal("0*1=a 1*1=b 2*1=c", await me.FetchAsync());
        Assert.Equal(ErrorCode.None, await me.AcknowledgeAsync(0, 2, ShareMember.Accept));
        Assert.Equal(ErrorCode.None, await me.LeaveAsync());
        await group.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = "me", MemberEpoch = -1 }, 1);

        var altered = await group.AskAsync(
            new AlterShareGroupOffsetsRequest { GroupId = "g", Topics = [new() { TopicName = "t", Partitions = [new() { PartitionIndex = 0, StartOffset = 1 }] }] }, 0);
        Assert.Equal(ErrorCode.None, altered.Responses[0].Partitions[0].ErrorCode);
        await AssignedAsync(group, "me");
        var again = await ShareMember.JoinAsync(broker, "g", "me", (topic, 0));
        Assert.Equal("1*1=b 2*1=c", await again.FetchAsync());
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_delivered_again_after_a_crash_and_a_group_of_that_name_begins_anew_when_it_was_deleted()
    {
        var files = new MemoryFileSystem();
        Uuid topic;
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            topic = await broker.CreateTopicAsync("t");
            using var group = await GroupMember.FindAsync(broker, "g");
            await ReadFromTheStartAsync(broker);
            await broker.ProduceAsync("t", 0, "a", "b");
            await AssignedAsync(group, "me");
            var me = await ShareMember.JoinAsync(broker, "g", "me", (topic, 0));
            Assert.Equal("0*1=a 1*1=b", await me.FetchAsync());
            Assert.Equal(ErrorCode.None, await me.AcknowledgeAsync(0, 0, ShareMember.Accept));
        }

        await using var next = await TestBroker.StartOnAsync(files);
        using var found = await GroupMember.FindAsync(next, "g");
        await AssignedAsync(found, "me");
        var same = await ShareMember.JoinAsync(next, "g", "me", (topic, 0));
        Assert.StartsWith("1*", await same.FetchAsync(), StringComparison.Ordinal);
        Assert.Equal(ErrorCode.None, await same.LeaveAsync());
        await found.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = "me", MemberEpoch = -1 }, 1);
        Assert.Equal(ErrorCode.None, (await found.AskAsync(new DeleteGroupsRequest { GroupsNames = ["g"] }, 2)).Results[0].ErrorCode);

        await AssignedAsync(found, "me");
        var anew = await ShareMember.JoinAsync(next, "g", "me", (topic, 0));
        Assert.Equal("0*1=a 1*1=b", await anew.FetchAsync());
    }

    private static async Task ReadFromTheStartAsync(TestBroker broker)
    {
        var altered = await broker.AskAsync(
            new IncrementalAlterConfigsRequest
            {
                Resources = [new() { ResourceType = 32, ResourceName = "g", Configs = [new() { Name = "share.auto.offset.reset", Value = "earliest" }] }],
            },
            1);
        Assert.Equal(ErrorCode.None, altered.Responses[0].ErrorCode);
    }

    /// <summary>Joins and beats until there is something assigned: what is new is initialized by the broker meanwhile.</summary>
    private static async Task<string> AssignedAsync(GroupMember group, string member)
    {
        var beat = await group.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = member, SubscribedTopicNames = ["t"] }, 1);
        for (var attempt = 0; beat.Assignment is not { TopicPartitions.Count: > 0 }; attempt++)
        {
            Assert.True(attempt < 100_000 && beat.ErrorCode == ErrorCode.None, $"Nothing is ever assigned: {beat.ErrorCode}.");
            beat = await group.AskAsync(new ShareGroupHeartbeatRequest { GroupId = "g", MemberId = member, MemberEpoch = beat.MemberEpoch }, 1);
        }

        return string.Join(' ', Assert.Single(beat.Assignment.TopicPartitions).Partitions);
    }

    private static async Task<(long Start, long Lag)> OffsetAsync(GroupMember group)
    {
        var described = await group.AskAsync(new DescribeShareGroupOffsetsRequest { Groups = [new() { GroupId = "g" }] }, 1);
        var only = Assert.Single(Assert.Single(described.Groups[0].Topics).Partitions);
        return (only.StartOffset, only.Lag);
    }
}
