using System.Text.Json;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Topics, as the clients' administrators see them.</summary>
public sealed class ClientTopicTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    private const int Topics = 100;
    private const int Partitions = 20;

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> Clients() => ForeignClients.With(Ability.Topics);

    public static TheoryData<string> ClientsThatDelete() => ForeignClients.With(Ability.DeletesTopics);

    public static TheoryData<string> ClientsThatKnowTheCluster() => ForeignClients.With(Ability.Cluster);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_hundred_topics_of_twenty_partitions_are_made_described_written_to_and_read(string name)
    {
        var client = clients[name];
        var topics = Enumerable.Range(0, Topics).Select(number => $"hundred.{name}.{number:d3}").ToArray();
        await client.AskAsync(Broker, "createTopics", new { topics = topics.Select(Topic).ToArray() });

        var described = await client.AskAsync(Broker, "describeTopics", new { topics });
        Assert.Equal(topics.ToDictionary(topic => topic, _ => Partitions), described.Deserialize<Dictionary<string, int>>());

        var written = topics
            .SelectMany(topic => Enumerable.Range(0, Partitions).SelectMany(partition => Enumerable.Range(0, 2).Select(number => new ClientRecord($"{partition}", $"{topic}:{partition}:{number}")
            {
                Topic = topic,
                Partition = partition,
                Offset = number,
                Timestamp = 1_700_000_000_000,
            })))
            .ToList();
        var first = await client.WriteAsync(Broker, written);
        Assert.Equal(topics.SelectMany(topic => Enumerable.Range(0, Partitions).Select(partition => ((topic, partition), 0L))), first.Select(entry => (entry.Key, entry.Value)).Order());

        var read = await client.ReadAsync(Broker, topics, ReadFrom.Beginning);
        Assert.Equal(written, read.OrderBy(record => record.Topic, StringComparer.Ordinal).ThenBy(record => record.Partition));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_topic_that_is_there_already_is_not_made_again(string name)
    {
        var topics = new[] { Topic($"twice.{name}") };
        await clients[name].AskAsync(Broker, "createTopics", new { topics });

        var refused = await Assert.ThrowsAsync<ClientFailedException>(() => clients[name].AskAsync(Broker, "createTopics", new { topics }));

        Assert.Matches("(?i)already.?exists|exists already", refused.Error);
    }

    [Theory]
    [MemberData(nameof(ClientsThatDelete))]
    public async Task A_deleted_topic_is_gone_and_one_that_is_not_there_cannot_be_deleted(string name)
    {
        var topics = new[] { $"deleted.{name}" };
        await clients[name].AskAsync(Broker, "createTopics", new { topics = topics.Select(Topic).ToArray() });

        await clients[name].AskAsync(Broker, "deleteTopics", new { topics });

        var refused = await Assert.ThrowsAsync<ClientFailedException>(() => clients[name].AskAsync(Broker, "deleteTopics", new { topics }));
        Assert.Matches("(?i)unknown.?topic|does not host this topic", refused.Error);
    }

    [Theory]
    [MemberData(nameof(ClientsThatKnowTheCluster))]
    public async Task The_cluster_is_described(string name)
    {
        var described = await clients[name].AskAsync(Broker, "describeCluster");

        var broker = Assert.Single(described.GetProperty("brokers").EnumerateArray());
        Assert.Equal((1, "127.0.0.1", Broker.Port), (broker[0].GetInt32(), broker[1].GetString(), broker[2].GetInt32()));
        Assert.Equal(1, described.GetProperty("controller").GetInt32());
    }

    private static object Topic(string name) => new { name, partitions = Partitions, configs = new { } };
}
