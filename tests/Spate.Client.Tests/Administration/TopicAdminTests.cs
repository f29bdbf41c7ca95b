using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class TopicAdminTests
{
    [Fact]
    public async Task Topics_are_created_described_listed_enlarged_and_deleted_each_with_a_result_of_its_own()
    {
        await using var fixture = await AdminFixture.StartAsync();
        var topics = fixture.Admin.Topics;

        var created = await topics.CreateAsync([new NewTopic("a") { Partitions = 3 }, new NewTopic("b"), new NewTopic("no/name"), new NewTopic("c") { Assignments = [[1], [1]] }]).OrTimeout("the creation");
        Assert.False(created["a"].Value.Id.IsZero);
        Assert.Equal((3, (short)1), (created["a"].Value.Partitions!.Value, created["a"].Value.ReplicationFactor!.Value));
        Assert.True(created["b"].IsSuccess);
        Assert.Equal(2, created["c"].Value.Partitions);
        Assert.Equal(ErrorCode.InvalidTopic, created["no/name"].Error!.ErrorCode);
        Assert.Contains("topic 'no/name'", created["no/name"].Error!.Message, StringComparison.Ordinal);
        Assert.Throws<KafkaException>(() => created["no/name"].Value);

        var again = await topics.CreateAsync([new NewTopic("a")]).OrTimeout("the second creation");
        Assert.Equal(ErrorCode.TopicAlreadyExists, again["a"].Error!.ErrorCode);
        var tried = await topics.CreateAsync([new NewTopic("d")], validateOnly: true).OrTimeout("the trial");
        Assert.True(tried["d"].IsSuccess);
        Assert.Equal(["a", "b", "c"], await NamesAsync(topics));

        var described = await topics.DescribeAsync(["a", "nowhere"]).OrTimeout("the description");
        Assert.Equal((created["a"].Value.Id, 3), (described["a"].Value.Id, described["a"].Value.Partitions.Count));
        Assert.Equal([0, 1, 2], described["a"].Value.Partitions.Select(partition => partition.Index));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described["nowhere"].Error!.ErrorCode);
        Assert.Equal(["a", "b", "c"], await NamesAsync(topics));
        var byId = await topics.DescribeAsync([created["b"].Value.Id, new Uuid(4, 5)]).OrTimeout("the description by id");
        Assert.Equal("b", byId[created["b"].Value.Id].Value.Name);
        Assert.Equal(ErrorCode.UnknownTopicId, byId[new Uuid(4, 5)].Error!.ErrorCode);

        var enlarged = await topics.AddPartitionsAsync([new NewPartitions("b", 4), new NewPartitions("a", 1), new NewPartitions("c", 3) { Assignments = [[1]] }]).OrTimeout("the enlargement");
        Assert.True(enlarged["b"].IsSuccess && enlarged["c"].IsSuccess, $"{enlarged["b"]} {enlarged["c"]}");
        Assert.Equal(ErrorCode.InvalidPartitions, enlarged["a"].Error!.ErrorCode);
        Assert.Equal(4, (await topics.DescribeAsync(["b"]).OrTimeout("the description"))["b"].Value.Partitions.Count);

        var deleted = await topics.DeleteAsync(["a", "nowhere"]).OrTimeout("the deletion");
        deleted["a"].ThrowIfFailed();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, deleted["nowhere"].Error!.ErrorCode);
        var gone = await topics.DeleteAsync([created["b"].Value.Id, new Uuid(4, 5)]).OrTimeout("the deletion by id");
        gone[created["b"].Value.Id].ThrowIfFailed();
        Assert.Equal(ErrorCode.UnknownTopicId, gone[new Uuid(4, 5)].Error!.ErrorCode);
        Assert.Equal(["c"], await NamesAsync(topics));
    }

    [Fact]
    public async Task Topics_of_the_brokers_own_are_listed_when_they_are_asked_for()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.Admin.Groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, GroupOffset> { [new("t", 0)] = new(1) }).OrTimeout("the commit");
        var internals = (await fixture.Admin.Topics.ListAsync(includeInternal: true).OrTimeout("the list")).Where(topic => topic.IsInternal).ToList();
        Assert.Equal("__consumer_offsets", Assert.Single(internals).Name);
        Assert.Empty(await fixture.Admin.Topics.ListAsync().OrTimeout("the list"));
    }

    [Fact]
    public async Task Topics_are_described_page_by_page()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        var cursors = new List<string>();
        broker.On<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(ApiKey.DescribeTopicPartitions, 0, 0, (request, _) =>
        {
            cursors.Add($"{request.Cursor?.TopicName}-{request.Cursor?.PartitionIndex}");
            Assert.Equal(["a", "b", "c"], request.Topics.Select(topic => topic.Name));
            return cursors.Count switch
            {
                1 => Page(("a", [0, 1]), ("b", [0]), next: ("b", 1)),
                2 => Page(("b", [1]), next: ("c", 0)),
                _ => Page(("c", [0])),
            };
        });
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.Topics.DescribeAsync(["c", "a", "b"]).OrTimeout("the description");

        Assert.Equal(["-", "b-1", "c-0"], cursors);
        Assert.Equal([0, 1], described["a"].Value.Partitions.Select(partition => partition.Index));
        Assert.Equal([0, 1], described["b"].Value.Partitions.Select(partition => partition.Index));
        Assert.Equal((5, 3), (described["c"].Value.Partitions[0].Leader!.Value, described["c"].Value.Partitions[0].EligibleLeaderReplicas![0]));
    }

    [Fact]
    public async Task Pages_that_never_end_are_not_read_for_ever()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(ApiKey.DescribeTopicPartitions, 0, 0, (_, _) => Page(("a", [0]), next: ("a", 1)));
        await using var client = new KafkaClient(broker.Address);

        var failure = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Topics.DescribeAsync(["a"]).OrTimeout("the failure"));

        Assert.Contains("not behind a-1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topics_are_described_by_a_broker_that_knows_no_pages()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker(), highest: 5);
        fake.SetTopic("a", (1, 4), (-1, 4));
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.Topics.DescribeAsync(["a", "nowhere"]).OrTimeout("the description");

        Assert.Equal([1, null], described["a"].Value.Partitions.Select(partition => partition.Leader));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described["nowhere"].Error!.ErrorCode);
        var refused = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Topics.DescribeAsync([new Uuid(1, 2)]).OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.UnsupportedVersion, refused.ErrorCode);
        Assert.Contains("offers Metadata up to version 5 only, and a description by topic id needs version 12", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_of_Kafka_2_1_wants_counts_for_a_new_topic()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 0, 3, (request, _) => new CreateTopicsResponse
        {
            Topics = request.Topics.ConvertAll(topic => new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name }),
        });
        await using var client = new KafkaClient(broker.Address);

        var refused = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Topics.CreateAsync([new NewTopic("t") { Partitions = 1 }]).OrTimeout("the refusal"));
        Assert.Contains("offers CreateTopics up to version 3 only", refused.Message, StringComparison.Ordinal);
        var created = await client.Admin.Topics.CreateAsync([new NewTopic("t") { Partitions = 1, ReplicationFactor = 1 }]).OrTimeout("the creation");
        Assert.Equal(new CreatedTopic(default, null, null), created["t"].Value);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var topics = client.Admin.Topics;
        await Assert.ThrowsAsync<ArgumentException>(() => topics.CreateAsync([new NewTopic("")]));
        await Assert.ThrowsAsync<ArgumentException>(() => topics.CreateAsync([new NewTopic("t"), new NewTopic("t")]));
        await Assert.ThrowsAsync<ArgumentException>(() => topics.CreateAsync([new NewTopic("t") { Partitions = 1, Assignments = [[1]] }]));
        await Assert.ThrowsAsync<ArgumentException>(() => topics.DeleteAsync(["t", "t"]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => topics.DescribeAsync((string[])null!));
        await Assert.ThrowsAsync<ArgumentException>(() => topics.AddPartitionsAsync([new NewPartitions("", 3)]));
        Assert.Empty(await topics.DescribeAsync(Array.Empty<string>()));
    }

    private static async Task<IEnumerable<string>> NamesAsync(TopicAdmin topics) => (await topics.ListAsync().OrTimeout("the list")).Select(topic => topic.Name);

    private static DescribeTopicPartitionsResponse Page((string Name, int[] Partitions) first, (string Name, int[] Partitions)? second = null, (string Name, int Partition)? next = null) => new()
    {
        Topics = new[] { first, second }.OfType<(string Name, int[] Partitions)>().Select(topic => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(index => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition { PartitionIndex = index, LeaderId = 5, EligibleLeaderReplicas = [3] })],
        }).ToList(),
        NextCursor = next is { } cursor ? new DescribeTopicPartitionsResponse.TopicCursor { TopicName = cursor.Name, PartitionIndex = cursor.Partition } : null,
    };
}
