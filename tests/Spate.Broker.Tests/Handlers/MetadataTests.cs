using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Which topics Metadata tells of, which it makes, and what it says of the rest.</summary>
public sealed class MetadataTests
{
    private static readonly Uuid Stranger = Uuid.NewRandom(new Random(99));

    [Fact]
    public async Task Empty_list_asks_for_all_in_version_0_and_for_none_later()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("b");
        await broker.CreateTopicAsync("a");

        Assert.Equal(["a", "b"], await NamesAsync(broker, new MetadataRequest { Topics = [] }, 0));
        Assert.Empty(await NamesAsync(broker, new MetadataRequest { Topics = [] }, 1));
        Assert.Empty(await NamesAsync(broker, new MetadataRequest { Topics = [] }, 13));
        Assert.Equal(["a", "b"], await NamesAsync(broker, new MetadataRequest { Topics = null }, 1));
        Assert.Equal(["a", "b"], await NamesAsync(broker, new MetadataRequest { Topics = null }, 13));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("__cluster_metadata")]
    public async Task Illegal_name_is_an_error_of_that_topic_and_nothing_is_created(string name)
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Equal(ErrorCode.InvalidTopic, (await broker.AskAsync(Named(name), 9)).Topics[0].ErrorCode);
        Assert.Empty(await NamesAsync(broker, new MetadataRequest { Topics = null }, 9));
    }

    [Theory]
    [InlineData(0, true, "true", ErrorCode.None)]
    [InlineData(3, false, "true", ErrorCode.None)]
    [InlineData(4, true, "true", ErrorCode.None)]
    [InlineData(4, false, "true", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(13, true, "true", ErrorCode.None)]
    [InlineData(13, true, "false", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(0, true, "false", ErrorCode.UnknownTopicOrPartition)]
    public async Task Missing_topic_is_created_when_client_and_broker_allow_it(short version, bool clientAllows, string brokerAllows, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync($"auto.create.topics.enable={brokerAllows}", "num.partitions=3");
        var request = Named("t");
        request.AllowAutoTopicCreation = version < 4 || clientAllows;

        var topic = Assert.Single((await broker.AskAsync(request, version)).Topics);

        Assert.Equal(("t", error, error == ErrorCode.None ? 3 : 0), (topic.Name, topic.ErrorCode, topic.Partitions.Count));
        Assert.Equal(error == ErrorCode.None ? ["t"] : [], await NamesAsync(broker, new MetadataRequest { Topics = null }, 9));
    }

    [Fact]
    public async Task Topic_that_cannot_be_created_says_why()
    {
        await using var broker = await TestBroker.StartAsync("default.replication.factor=3");

        Assert.Equal(ErrorCode.InvalidReplicationFactor, (await broker.AskAsync(Named("t"), 9)).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Internal_topic_is_not_made_by_asking_for_it()
    {
        await using var broker = await TestBroker.StartAsync();

        var topic = (await broker.AskAsync(Named("__consumer_offsets"), 9)).Topics[0];

        Assert.Equal((ErrorCode.UnknownTopicOrPartition, true), (topic.ErrorCode, topic.IsInternal));
    }

    [Fact]
    public async Task Id_is_answered_from_version_12_on_and_a_strange_one_is_an_error()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var request = new MetadataRequest
        {
            Topics = [new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = id }, new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = Stranger }],
        };

        var topics = (await broker.AskAsync(request, 12)).Topics;

        Assert.Equal([("t", id, ErrorCode.None), (null, Stranger, ErrorCode.UnknownTopicId)], topics.Select(topic => (topic.Name, topic.TopicId, topic.ErrorCode)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public async Task Id_or_missing_name_is_refused_in_the_versions_that_did_not_know_them(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");

        var byId = await broker.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = id }] }, version);
        var byBoth = await broker.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t", TopicId = id }] }, version);

        Assert.Equal([("", ErrorCode.InvalidRequest)], byId.Topics.Select(topic => (topic.Name!, topic.ErrorCode)));
        Assert.Equal([("t", ErrorCode.InvalidRequest)], byBoth.Topics.Select(topic => (topic.Name!, topic.ErrorCode)));
    }

    [Theory]
    [InlineData(7, int.MinValue, int.MinValue)]
    [InlineData(8, 8096, 3576)]
    [InlineData(10, 8096, 3576)]
    [InlineData(11, int.MinValue, 3576)]
    [InlineData(13, int.MinValue, 3576)]
    public async Task Operations_are_told_to_who_asks_for_them(short version, int onCluster, int onTopic)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        foreach (var named in (bool[])[true, false])
        {
            var request = named ? Named("t") : new MetadataRequest { Topics = null };
            var silent = await broker.AskAsync(request, version);
            Assert.Equal((int.MinValue, int.MinValue), (silent.ClusterAuthorizedOperations, silent.Topics[0].TopicAuthorizedOperations));

            request.IncludeClusterAuthorizedOperations = version is >= 8 and <= 10;
            request.IncludeTopicAuthorizedOperations = version >= 8;
            var told = await broker.AskAsync(request, version);
            Assert.Equal((onCluster, onTopic), (told.ClusterAuthorizedOperations, told.Topics[0].TopicAuthorizedOperations));
        }
    }

    [Fact]
    public async Task Id_counts_where_a_name_is_given_too()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var request = new MetadataRequest
        {
            Topics = [new MetadataRequest.MetadataRequestTopic { Name = "other", TopicId = id }, new MetadataRequest.MetadataRequestTopic { Name = "another", TopicId = Stranger }],
        };

        var topics = (await broker.AskAsync(request, 13)).Topics;

        Assert.Equal([("t", ErrorCode.None), (null, ErrorCode.UnknownTopicId)], topics.Select(topic => (topic.Name, topic.ErrorCode)));
        Assert.Equal(["t"], await NamesAsync(broker, new MetadataRequest { Topics = null }, 13));
    }

    [Fact]
    public async Task Topic_that_is_asked_for_twice_is_told_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var request = Named("t");
        request.Topics!.Add(new MetadataRequest.MetadataRequestTopic { Name = "t" });

        Assert.Equal(["t"], await NamesAsync(broker, request, 9));
    }

    [Fact]
    public async Task Advertised_listener_is_what_clients_are_told()
    {
        await using var broker = await TestBroker.StartAsync("advertised.listeners=PLAINTEXT://broker.example:1234");

        var node = (await broker.AskAsync(new MetadataRequest { Topics = [] }, 9)).Brokers[0];

        Assert.Equal(("broker.example", 1234), (node.Host, node.Port));
    }

    private static MetadataRequest Named(string name) => new() { Topics = [new MetadataRequest.MetadataRequestTopic { Name = name }] };

    private static async Task<List<string?>> NamesAsync(TestBroker broker, MetadataRequest request, short version) =>
        [.. (await broker.AskAsync(request, version)).Topics.Select(topic => topic.Name)];
}
