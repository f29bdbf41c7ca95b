using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Partitions of topics, page by page.</summary>
public sealed class DescribeTopicPartitionsTests
{
    private const int AllOnTopics = 3576;

    [Fact]
    public async Task Topics_come_in_the_order_of_their_names_with_all_that_is_known_of_them()
    {
        await using var broker = await TestBroker.StartAsync("node.id=7");
        await broker.CreateTopicAsync("b", 2);
        var id = await broker.CreateTopicAsync("a");

        var reply = await broker.AskAsync(Request(["b", "a", "b"]), 0);

        Assert.Null(reply.NextCursor);
        Assert.Equal(["a", "b"], reply.Topics.Select(topic => topic.Name));
        Assert.Equal((id, ErrorCode.None, false, AllOnTopics), (reply.Topics[0].TopicId, reply.Topics[0].ErrorCode, reply.Topics[0].IsInternal, reply.Topics[0].TopicAuthorizedOperations));
        Assert.Equal([0, 1], reply.Topics[1].Partitions.Select(partition => partition.PartitionIndex));
        Assert.All(reply.Topics[1].Partitions, partition =>
        {
            Assert.Equal((ErrorCode.None, 7, 0), (partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
            Assert.Equal([7], partition.ReplicaNodes);
            Assert.Equal([7], partition.IsrNodes);
            Assert.Empty(partition.EligibleLeaderReplicas!);
            Assert.Empty(partition.LastKnownElr!);
            Assert.Empty(partition.OfflineReplicas);
        });
    }

    [Theory]
    [InlineData("none", ErrorCode.UnknownTopicOrPartition)]
    [InlineData("a b", ErrorCode.InvalidTopic)]
    [InlineData("", ErrorCode.InvalidTopic)]
    [InlineData("..", ErrorCode.InvalidTopic)]
    [InlineData("__cluster_metadata", ErrorCode.InvalidTopic)]
    public async Task Topic_that_is_not_there_is_an_error_of_its_own_and_is_not_made(string name, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("z");

        var reply = await broker.AskAsync(Request([name, "z"]), 0);

        Assert.Equal([(name, error), ("z", ErrorCode.None)], reply.Topics.Select(topic => (topic.Name!, topic.ErrorCode)));
        Assert.Equal(["z"], (await broker.AskAsync(Request([]), 0)).Topics.Select(topic => topic.Name));
    }

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2, 2000)]
    [InlineData(3, 2000)]
    [InlineData(4, 2000)]
    [InlineData(0, 2000)]
    [InlineData(-5, 2000)]
    [InlineData(2000, 2)]
    public async Task Pages_together_are_the_whole_and_none_is_larger_than_allowed(int asked, int allowed)
    {
        await using var broker = await TestBroker.StartAsync($"max.request.partition.size.limit={allowed}");
        foreach (var (name, count) in ((string, int)[])[("c", 1), ("a", 3), ("b", 4)])
        {
            await broker.CreateTopicAsync(name, count);
        }

        foreach (var names in (string[][])[[], ["c", "b", "a"]])
        {
            var found = new List<(string?, int)>();
            var request = Request(names);
            request.ResponsePartitionLimit = asked;
            do
            {
                var reply = await broker.AskAsync(request, 0);
                Assert.InRange(reply.Topics.Sum(topic => topic.Partitions.Count), 1, Math.Max(1, Math.Min(asked, allowed)));
                found.AddRange(reply.Topics.SelectMany(topic => topic.Partitions, (topic, partition) => (topic.Name, partition.PartitionIndex)));
                request.Cursor = reply.NextCursor is { } next ? Cursor(next.TopicName, next.PartitionIndex) : null;
            }
            while (request.Cursor is not null);

            Assert.Equal([("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1), ("b", 2), ("b", 3), ("c", 0)], found);
        }
    }

    [Theory]
    [InlineData("b", -1, "a,b", "a,b")]
    [InlineData("c", 0, "a,b", "a,b")]
    [InlineData("", 0, "a", "a")]
    [InlineData("b", int.MinValue, "", "b")]
    public async Task Cursor_that_points_nowhere_is_refused(string topic, int partition, string asked, string refused)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        await broker.CreateTopicAsync("b");
        var request = Request(asked.Split(',', StringSplitOptions.RemoveEmptyEntries));
        request.Cursor = Cursor(topic, partition);

        var reply = await broker.AskAsync(request, 0);

        Assert.Equal(refused.Split(',').Select(name => (name, ErrorCode.InvalidRequest)), reply.Topics.Select(each => (each.Name!, each.ErrorCode)));
        Assert.Null(reply.NextCursor);
    }

    [Fact]
    public async Task Cursor_behind_the_last_partition_or_on_a_topic_that_is_gone_goes_on_with_what_follows()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a", 2);
        await broker.CreateTopicAsync("c");
        var request = Request([]);

        request.Cursor = Cursor("a", 5);
        Assert.Equal([("a", 0), ("c", 1)], (await broker.AskAsync(request, 0)).Topics.Select(topic => (topic.Name!, topic.Partitions.Count)));

        request.Cursor = Cursor("b", 0);
        Assert.Equal([("c", 1)], (await broker.AskAsync(request, 0)).Topics.Select(topic => (topic.Name!, topic.Partitions.Count)));
    }

    private static DescribeTopicPartitionsRequest Request(string[] names) =>
        new() { Topics = [.. names.Select(name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })] };

    private static DescribeTopicPartitionsRequest.TopicCursor Cursor(string topic, int partition) => new() { TopicName = topic, PartitionIndex = partition };
}
