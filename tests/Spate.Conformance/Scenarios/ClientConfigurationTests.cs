using System.Text.Json;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Configurations of topics and of the broker, as the clients' administrators change and see them.</summary>
public sealed class ClientConfigurationTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    private const string Retention = "retention.ms";

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> ClientsThatDescribeConfigs() => ForeignClients.With(Ability.DescribesConfigs);

    public static TheoryData<string> ClientsThatAlterConfigs() =>
        [.. ForeignClients.All.Where(client => client.Can(Ability.AltersConfigs) || client.Can(Ability.AltersSingleConfigs)).Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(ClientsThatDescribeConfigs))]
    public async Task A_topic_is_made_with_settings_that_its_description_shows(string name)
    {
        var topic = $"made-with.{name}";
        await CreateAsync(name, topic, 1, (Retention, "123456789"), ("cleanup.policy", "compact"));

        var described = await DescribeAsync(name, "topic", topic);

        Assert.Equal(("123456789", "compact"), (described[Retention], described["cleanup.policy"]));
        Assert.Equal("1", described["min.insync.replicas"]);
        Assert.Equal("1", (await DescribeAsync(name, "broker", "1"))["node.id"]);
    }

    [Theory]
    [MemberData(nameof(ClientsThatAlterConfigs))]
    public async Task Settings_of_topics_and_of_the_broker_are_changed_and_set_back(string name)
    {
        var topic = $"altered.{name}";
        await CreateAsync(name, topic, 1, ("max.message.bytes", "200000"));
        var usual = (await DescribeAsync(name, "topic", topic))[Retention];

        await AlterAsync(name, "topic", topic, [(Retention, "987654321"), ("max.message.bytes", "300000")], []);
        var altered = await DescribeAsync(name, "topic", topic);
        Assert.Equal(("987654321", "300000"), (altered[Retention], altered["max.message.bytes"]));

        // A client that gives all settings at once takes away those that it leaves out.
        await AlterAsync(name, "topic", topic, [("max.message.bytes", "400000")], [Retention]);
        altered = await DescribeAsync(name, "topic", topic);
        Assert.Equal((usual, "400000"), (altered[Retention], altered["max.message.bytes"]));

        await AlterAsync(name, "broker", "1", [("log.cleaner.backoff.ms", "14000")], []);
        Assert.Equal("14000", (await DescribeAsync(name, "broker", "1"))["log.cleaner.backoff.ms"]);
        await AlterAsync(name, "broker", "1", [], ["log.cleaner.backoff.ms"]);
        Assert.Equal("15000", (await DescribeAsync(name, "broker", "1"))["log.cleaner.backoff.ms"]);

        var refused = await Assert.ThrowsAsync<ClientFailedException>(() => AlterAsync(name, "topic", topic, [(Retention, "soon")], []));
        Assert.Matches("(?i)invalid.?config|configuration is invalid", refused.Error);
    }

    private Task CreateAsync(string name, string topic, int partitions, params (string Key, string Value)[] configs) => clients[name].AskAsync(
        Broker, "createTopics", new { topics = new[] { new { name = topic, partitions, configs = configs.ToDictionary(entry => entry.Key, entry => entry.Value) } } });

    private async Task<Dictionary<string, string?>> DescribeAsync(string name, string type, string resource) =>
        (await clients[name].AskAsync(Broker, "describeConfigs", new { type, name = resource })).Deserialize<Dictionary<string, string?>>()!;

    private Task AlterAsync(string name, string type, string resource, (string Key, string Value)[] set, string[] delete) => clients[name].AskAsync(
        Broker, "alterConfigs", new { type, name = resource, set = set.ToDictionary(entry => entry.Key, entry => entry.Value), delete });
}
