using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Records of one key belong into one partition whoever writes them, or their order is lost where programs are exchanged for others.</summary>
public sealed class KeyPlacementTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    private const int Partitions = 7;
    private const int Keys = 300;

    public static TheoryData<string> Clients() => ForeignClients.With(Ability.PlacesKeysAsKafka);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Every_key_lands_where_Spates_own_client_puts_it(string name)
    {
        var ours = await PlacesAsync(SpateClient.Name, $"placed.ours.{name}");
        var theirs = await PlacesAsync(name, $"placed.theirs.{name}");

        Assert.Equal(Keys, ours.Count);
        Assert.Equal(Partitions, ours.Values.Distinct().Count());
        Assert.Equal(ours, theirs);
    }

    /// <summary>Where each key lies once a client has written them all and left it to itself where.</summary>
    private async Task<SortedDictionary<string, int>> PlacesAsync(string name, string topic)
    {
        await clients[SpateClient.Name].AskAsync(shared.Broker, "createTopics", new { topics = new[] { new { name = topic, partitions = Partitions, configs = new { } } } });
        var records = Enumerable.Range(0, Keys).Select(number => new ClientRecord($"ключ {number}", $"{number}") { Topic = topic });
        await clients[name].WriteAsync(shared.Broker, [.. records]);
        var read = await clients[SpateClient.Name].ReadAsync(shared.Broker, [topic], ReadFrom.Beginning);
        return new SortedDictionary<string, int>(read.ToDictionary(record => record.Key!, record => record.Partition), StringComparer.Ordinal);
    }
}
