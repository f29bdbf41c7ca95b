using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing.Tests.Wire;

namespace Spate.Testing.Tests.Faults;

/// <summary>Sessions that end at the test's word, by the road that they take when their time is up.</summary>
public sealed class GroupExpiryTests
{
    private const string Group = "billing";

    [Fact]
    public async Task Everybody_is_put_out_and_may_come_back()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        var (member, generation) = await JoinAsync(client);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(Ask.Beat(Group, generation, member))).ErrorCode);

        await broker.ExpireGroupAsync(Group).OrTimeout("the end of the session");

        Assert.Equal(ErrorCode.UnknownMemberId, (await client.AskAsync(Ask.Beat(Group, generation, member))).ErrorCode);
        Assert.Equal("Empty", (await client.AskAsync(new DescribeGroupsRequest { Groups = [Group] })).Groups[0].GroupState);
        Assert.NotEqual(member, (await JoinAsync(client)).Member);
    }

    [Fact]
    public async Task One_member_is_put_out_and_the_others_share_anew()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var one = await RawClient.ConnectAsync(broker);
        using var two = await RawClient.ConnectAsync(broker);
        var (staying, _) = await JoinAsync(one);
        var leaving = (await two.AskAsync(Ask.Join(Group, ""), 9)).MemberId;
        await two.SendAsync(Ask.Join(Group, leaving), 9);
        var joined = await one.AskAsync(Ask.Join(Group, staying), 9);
        await two.ReceiveAsync(Ask.Join(Group, leaving), 9);
        await one.AskAsync(Ask.Sync(Group, joined.GenerationId, staying));

        await broker.ExpireGroupAsync(Group, leaving).OrTimeout("the end of the session");

        Assert.Equal(ErrorCode.RebalanceInProgress, (await one.AskAsync(Ask.Beat(Group, joined.GenerationId, staying))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await two.AskAsync(Ask.Beat(Group, joined.GenerationId, leaving))).ErrorCode);
        Assert.Single((await one.AskAsync(Ask.Join(Group, staying), 9)).Members);
    }

    [Fact]
    public async Task A_member_of_the_consumer_protocol_is_put_out_and_its_partitions_are_free()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [Group] });
        var joined = await client.AskAsync(Beat("m1", 0), 1);
        Assert.Equal(ErrorCode.None, joined.ErrorCode);

        await broker.ExpireGroupAsync(Group, "m1").OrTimeout("the end of the session");

        Assert.Equal(ErrorCode.UnknownMemberId, (await client.AskAsync(Beat("m1", joined.MemberEpoch), 1)).ErrorCode);
        Assert.Contains("member m1", (await Assert.ThrowsAsync<InvalidOperationException>(() => broker.ExpireGroupAsync(Group, "m1"))).Message, StringComparison.Ordinal);

        static ConsumerGroupHeartbeatRequest Beat(string member, int epoch) => new()
        {
            GroupId = Group,
            MemberId = member,
            MemberEpoch = epoch,
            RebalanceTimeoutMs = epoch == 0 ? 5000 : -1,
            SubscribedTopicNames = epoch == 0 ? ["t"] : null,
            TopicPartitions = epoch == 0 ? [] : null,
        };
    }

    [Fact]
    public async Task Nobody_to_put_out_is_told()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await JoinAsync(client);

        Assert.Contains("'nobody'", (await Assert.ThrowsAsync<InvalidOperationException>(() => broker.ExpireGroupAsync("nobody"))).Message, StringComparison.Ordinal);
        Assert.Contains("member x", (await Assert.ThrowsAsync<InvalidOperationException>(() => broker.ExpireGroupAsync(Group, "x"))).Message, StringComparison.Ordinal);
    }

    private static async Task<(string Member, int Generation)> JoinAsync(RawClient client)
    {
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [Group] });
        var named = await client.AskAsync(Ask.Join(Group, ""), 9);
        Assert.Equal(ErrorCode.MemberIdRequired, named.ErrorCode);
        var joined = await client.AskAsync(Ask.Join(Group, named.MemberId), 9);
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        await client.AskAsync(Ask.Sync(Group, joined.GenerationId, joined.MemberId));
        return (joined.MemberId, joined.GenerationId);
    }
}
