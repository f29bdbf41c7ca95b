using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;

namespace Spate.Client.Tests.Producing;

/// <summary>A fake broker that takes records for topic "t", and a client before it.</summary>
internal sealed class ProducerFixture : IAsyncDisposable
{
    public ProducerFixture(int partitions = 1, Func<KafkaClientOptions, KafkaClientOptions>? change = null, short highest = 11)
    {
        Cluster.SetTopic("t", [.. Enumerable.Repeat((1, 0), partitions)]);
        Cluster.Add(1, Log.Attach(Broker, highest));
        var options = new KafkaClientOptions { BootstrapServers = Broker.Address, Seed = 1, RetryBackoff = TimeSpan.FromMilliseconds(1), ReconnectBackoff = TimeSpan.FromMilliseconds(1) };
        Client = new KafkaClient(change?.Invoke(options) ?? options);
    }

    public FakeBroker Broker { get; } = new();

    public FakeCluster Cluster { get; } = new();

    public FakeLog Log { get; } = new();

    public KafkaClient Client { get; }

    public static ProducerRecord<NoKey, string> Value(string value, int? partition = null) => new("t", default, value) { Partition = partition };

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await Broker.DisposeAsync();
    }
}
