using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Groups;

/// <summary>Groups, members and transactional ids with names as long as a text of the protocol can be: each request has its answer, and the connection goes on.</summary>
public sealed class LongNamesTests
{
    private static readonly string Name = new('n', short.MaxValue);
    private static readonly string Other = new('o', short.MaxValue);

    private static readonly Dictionary<string, (Func<TestClient, Task<ErrorCode>> Ask, ErrorCode Expected)> Asked = new(StringComparer.Ordinal)
    {
        ["join of a classic group"] = (async client => (await client.AskAsync(Join(""), 9)).ErrorCode, ErrorCode.MemberIdRequired),
        ["join of a stranger"] = (async client => (await client.AskAsync(Join(Other), 9)).ErrorCode, ErrorCode.UnknownMemberId),
        ["sync"] = (async client => (await client.AskAsync(new SyncGroupRequest { GroupId = Name, MemberId = Other }, 5)).ErrorCode, ErrorCode.UnknownMemberId),
        ["heartbeat"] = (async client => (await client.AskAsync(new HeartbeatRequest { GroupId = Name, MemberId = Other }, 4)).ErrorCode, ErrorCode.UnknownMemberId),
        ["description of a classic group"] = (
            async client => (await client.AskAsync(new DescribeGroupsRequest { Groups = [Name] }, 6)).Groups[0].ErrorCode, ErrorCode.GroupIdNotFound),
        ["deletion"] = (async client => (await client.AskAsync(new DeleteGroupsRequest { GroupsNames = [Name] }, 2)).Results[0].ErrorCode, ErrorCode.GroupIdNotFound),
        ["join by heartbeat"] = (async client => (await client.AskAsync(Beat(Other, 0), 1)).ErrorCode, ErrorCode.None),
        ["heartbeat of a stranger"] = (
            async client =>
            {
                Assert.Equal(ErrorCode.None, (await client.AskAsync(Beat("m", 0), 1)).ErrorCode);
                return (await client.AskAsync(Beat(Other, 4), 1)).ErrorCode;
            },
            ErrorCode.UnknownMemberId),
        ["heartbeat of an instance that is in use"] = (
            async client =>
            {
                Assert.Equal(ErrorCode.None, (await client.AskAsync(Beat("m", 0, instance: Name), 1)).ErrorCode);
                return (await client.AskAsync(Beat(Other, 4, instance: Name), 1)).ErrorCode;
            },
            ErrorCode.FencedInstanceId),
        ["description of a group of the consumer protocol"] = (
            async client => (await client.AskAsync(new ConsumerGroupDescribeRequest { GroupIds = [Name] }, 1)).Groups[0].ErrorCode, ErrorCode.GroupIdNotFound),
        ["heartbeat in a share group"] = (
            async client => (await client.AskAsync(new ShareGroupHeartbeatRequest { GroupId = Name, MemberId = Other, MemberEpoch = 4 }, 1)).ErrorCode, ErrorCode.GroupIdNotFound),
        ["description of a share group"] = (
            async client => (await client.AskAsync(new ShareGroupDescribeRequest { GroupIds = [Name] }, 1)).Groups[0].ErrorCode, ErrorCode.GroupIdNotFound),
        ["offsets of a share group"] = (
            async client => (await client.AskAsync(
                new DescribeShareGroupOffsetsRequest { Groups = [new DescribeShareGroupOffsetsRequest.GroupOffsetsQuery { GroupId = Name }] }, 0)).Groups[0].ErrorCode,
            ErrorCode.GroupIdNotFound),
        ["heartbeat in a streams group"] = (
            async client => (await client.AskAsync(
                new StreamsGroupHeartbeatRequest { GroupId = Name, MemberId = Other, MemberEpoch = 4 }, 0)).ErrorCode,
            ErrorCode.GroupIdNotFound),
        ["topology with many names that no topic may have"] = (
            async client => (await client.AskAsync(Application([.. Enumerable.Range(0, 400).Select(number => $"{new string('x', 300)}{number}")]), 0)).ErrorCode,
            ErrorCode.StreamsInvalidTopology),
        ["topology with many topics that are missing"] = (
            async client => (await client.AskAsync(Application([.. Enumerable.Range(0, 400).Select(number => $"{new string('x', 200)}{number}")]), 0)).ErrorCode, ErrorCode.None),
        ["description of a streams group"] = (
            async client => (await client.AskAsync(new StreamsGroupDescribeRequest { GroupIds = [Name] }, 0)).Groups[0].ErrorCode, ErrorCode.GroupIdNotFound),
        ["commit"] = (async client => (await client.AskAsync(Commit(), 9)).Topics[0].Partitions[0].ErrorCode, ErrorCode.None),
        ["offsets"] = (
            async client => (await client.AskAsync(
                new OffsetFetchRequest { Groups = [new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = Name, Topics = null }] }, 9)).Groups[0].ErrorCode,
            ErrorCode.None),
        ["transactional id"] = (
            async client => (await client.AskAsync(new InitProducerIdRequest { TransactionalId = Name, TransactionTimeoutMs = 1_000 }, 5)).ErrorCode, ErrorCode.None),
        ["record that is part of no transaction"] = (
            async client =>
            {
                var given = await client.AskAsync(new InitProducerIdRequest { TransactionalId = Name, TransactionTimeoutMs = 1_000 }, 5);
                var request = Ask.Produce("t", 0, Batches.With(
                    new RecordBatchOptions { ProducerId = given.ProducerId, ProducerEpoch = given.ProducerEpoch, BaseSequence = 0, IsTransactional = true }, TestBroker.StartMs, "a"));
                request.TransactionalId = Name;
                return (await client.AskAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode;
            },
            ErrorCode.InvalidTxnState),
        ["end of a transaction of a stranger"] = (
            async client => (await client.AskAsync(new EndTxnRequest { TransactionalId = Name }, 5)).ErrorCode, ErrorCode.InvalidProducerIdMapping),
        ["description of a transaction"] = (
            async client => (await client.AskAsync(new DescribeTransactionsRequest { TransactionalIds = [Name] }, 0)).TransactionStates[0].ErrorCode,
            ErrorCode.TransactionalIdNotFound),
        ["group in a transaction"] = (
            async client => (await client.AskAsync(new AddOffsetsToTxnRequest { TransactionalId = Name, GroupId = Other }, 4)).ErrorCode, ErrorCode.InvalidProducerIdMapping),
    };

    public static TheoryData<string> Requests => [.. Asked.Keys];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_with_a_name_of_the_greatest_length_is_answered(string what)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        using var group = await GroupMember.FindAsync(broker, Name);
        var client = await broker.ConnectAsync();
        await UntilLoadedAsync(client);

        Assert.Equal(Asked[what].Expected, await Asked[what].Ask(client));
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new ApiVersionsRequest(), 2)).ErrorCode);
        Assert.Empty(broker.Log.Complaints);
    }

    private static async Task UntilLoadedAsync(TestClient client)
    {
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new FindCoordinatorRequest { Key = Name, KeyType = 1 }, 3)).ErrorCode);
        for (var attempt = 0; (await client.AskAsync(new DescribeTransactionsRequest { TransactionalIds = [Name] }, 0)).TransactionStates[0].ErrorCode != ErrorCode.TransactionalIdNotFound; attempt++)
        {
            Assert.True(attempt < 20_000, "The coordinator of transactions never came up.");
        }
    }

    private static JoinGroupRequest Join(string memberId) => new()
    {
        GroupId = Name,
        MemberId = memberId,
        ProtocolType = "consumer",
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 10_000,
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range" }],
    };

    private static ConsumerGroupHeartbeatRequest Beat(string memberId, int epoch, string? instance = null) => new()
    {
        GroupId = Name,
        MemberId = memberId,
        MemberEpoch = epoch,
        InstanceId = instance,
        RebalanceTimeoutMs = 10_000,
        SubscribedTopicNames = ["t"],
        TopicPartitions = epoch == 0 ? [] : null,
    };

    private static OffsetCommitRequest Commit() => new()
    {
        GroupId = Name,
        GenerationIdOrMemberEpoch = -1,
        Topics =
        [
            new OffsetCommitRequest.OffsetCommitRequestTopic { Name = "t", Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = 1 }] },
        ],
    };

    private static StreamsGroupHeartbeatRequest Application(List<string> sources) => new()
    {
        GroupId = Name,
        MemberId = "m",
        RebalanceTimeoutMs = 10_000,
        ProcessId = "p",
        ActiveTasks = [],
        StandbyTasks = [],
        WarmupTasks = [],
        Topology = new StreamsGroupHeartbeatRequest.StreamsTopology
        {
            Epoch = 1,
            Subtopologies = [new StreamsGroupHeartbeatRequest.Subtopology { SubtopologyId = "s", SourceTopics = sources }],
        },
    };
}
