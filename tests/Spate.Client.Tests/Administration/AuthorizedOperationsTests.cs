using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

/// <summary>What brokers say that a client may do (KIP-430).</summary>
public sealed class AuthorizedOperationsTests
{
    [Fact]
    public async Task The_cluster_and_its_topics_and_groups_say_what_the_client_may_do()
    {
        await using var fixture = await AdminFixture.StartAsync();
        var id = await fixture.CreateAsync("t");
        (await fixture.Admin.Groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, GroupOffset> { [new("t", 0)] = new(0) }).OrTimeout("the offsets")).ThrowIfAnyFailed();

        var cluster = await fixture.Admin.Cluster.DescribeAsync().OrTimeout("the cluster");
        var byName = (await fixture.Admin.Topics.DescribeAsync(["t"]).OrTimeout("the topic"))["t"].Value;
        var byId = (await fixture.Admin.Topics.DescribeAsync([id]).OrTimeout("the topic by its id"))[id].Value;
        var group = (await fixture.Admin.Groups.DescribeAsync(["g"]).OrTimeout("the group"))["g"].Value;

        Assert.Contains(AclOperation.ClusterAction, cluster.AuthorizedOperations!);
        Assert.Contains(AclOperation.Write, byName.AuthorizedOperations!);
        Assert.Equal(byName.AuthorizedOperations, byId.AuthorizedOperations);
        Assert.Equal(GroupType.Classic, group.Type);
        Assert.Contains(AclOperation.Read, group.AuthorizedOperations!);
        Assert.DoesNotContain(AclOperation.Write, group.AuthorizedOperations!);
    }

    [Fact]
    public async Task Groups_of_every_kind_are_asked_for_them_and_a_number_that_is_not_known_is_no_failure()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = request.CoordinatorKeys.ConvertAll(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = 1, Host = "127.0.0.1", Port = broker.Port }),
        });
        const int operations = (1 << 3) | (1 << 8) | (1 << 30);
        broker.On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe, 0, 1, (request, _) => new ConsumerGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => Only("consumer", group, new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, GroupState = "Empty", AuthorizedOperations = Asked(request.IncludeAuthorizedOperations) })),
        });
        broker.On<ShareGroupDescribeRequest, ShareGroupDescribeResponse>(ApiKey.ShareGroupDescribe, 0, 1, (request, _) => new ShareGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => Only("share", group, new ShareGroupDescribeResponse.DescribedGroup { GroupId = group, GroupState = "Empty", AuthorizedOperations = Asked(request.IncludeAuthorizedOperations) })),
        });
        broker.On<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>(ApiKey.StreamsGroupDescribe, 0, 0, (request, _) => new StreamsGroupDescribeResponse
        {
            Groups = request.GroupIds.ConvertAll(group => Only("streams", group, new StreamsGroupDescribeResponse.DescribedGroup { GroupId = group, GroupState = "Empty", AuthorizedOperations = Asked(request.IncludeAuthorizedOperations) })),
        });
        broker.On<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 6, (request, _) => new DescribeGroupsResponse
        {
            Groups = request.Groups.ConvertAll(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, GroupState = "Empty", AuthorizedOperations = Asked(request.IncludeAuthorizedOperations) }),
        });
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.Groups.DescribeAsync(["consumer", "share", "streams", "classic"]).OrTimeout("the description");

        Assert.Equal([GroupType.Consumer, GroupType.Share, GroupType.Streams, GroupType.Classic], described.Values.Select(group => group.Value.Type));
        Assert.All(described.Values, group => Assert.Equal([AclOperation.Read, AclOperation.Describe, AclOperation.Unknown], group.Value.AuthorizedOperations!));

        static int Asked(bool isAsked) => isAsked ? operations : int.MinValue;
    }

    [Fact]
    public async Task A_broker_that_cannot_be_asked_says_nothing_of_them()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker(), highest: 7);
        fake.SetTopic("t", (1, 4));
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 2, (_, _) => new FindCoordinatorResponse { NodeId = 1, Host = "127.0.0.1", Port = broker.Port });
        broker.On<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 2, (request, _) => new DescribeGroupsResponse
        {
            Groups = request.Groups.ConvertAll(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, GroupState = "Empty" }),
        });
        await using var client = new KafkaClient(broker.Address);

        Assert.Null((await client.Admin.Cluster.DescribeAsync().OrTimeout("the cluster")).AuthorizedOperations);
        Assert.Null((await client.Admin.Topics.DescribeAsync(["t"]).OrTimeout("the topic"))["t"].Value.AuthorizedOperations);
        Assert.Null((await client.Admin.Groups.DescribeAsync(["g"]).OrTimeout("the group"))["g"].Value.AuthorizedOperations);
    }

    private static T Only<T>(string name, string group, T found)
        where T : class
    {
        if (name != group)
        {
            typeof(T).GetProperty("ErrorCode")!.SetValue(found, ErrorCode.GroupIdNotFound);
        }

        return found;
    }
}
