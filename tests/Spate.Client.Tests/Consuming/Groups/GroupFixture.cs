using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>A real broker with topic t, and a client with which members of group g are made.</summary>
internal sealed class GroupFixture : IAsyncDisposable
{
    private int _produced;

    private GroupFixture(EmbeddedBroker broker, KafkaClient client)
    {
        Broker = broker;
        Client = client;
    }

    public EmbeddedBroker Broker { get; }

    public KafkaClient Client { get; }

    /// <summary>Hears of rebalances quickly, and reads from the beginning.</summary>
    public static ConsumerOptions Options { get; } = new()
    {
        GroupId = "g",
        OffsetReset = OffsetReset.Earliest,
        HeartbeatInterval = TimeSpan.FromMilliseconds(20),
        SessionTimeout = TimeSpan.FromSeconds(6),
        FetchMaxWait = TimeSpan.FromMilliseconds(100),
    };

    public static async Task<GroupFixture> StartAsync(int partitions = 1, Func<KafkaClientOptions, KafkaClientOptions>? change = null, params string[] settings)
    {
        var broker = await EmbeddedBroker.StartAsync([$"num.partitions={partitions}", .. settings]);
        var options = new KafkaClientOptions
        {
            BootstrapServers = broker.BootstrapServers,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(5),
            ReconnectBackoff = TimeSpan.FromMilliseconds(5),
        };
        return new GroupFixture(broker, new KafkaClient(change?.Invoke(options) ?? options));
    }

    /// <summary>Produces the next numbers as values, to the partitions in turn.</summary>
    public async Task ProduceAsync(int count, int partitions = 1, string topic = "t")
    {
        for (; count > 0; count--, _produced++)
        {
            await Client.Producer.ProduceAsync(new ProducerRecord<NoKey, string>(topic, default, $"{_produced}") { Partition = _produced % partitions }).AsTask().OrTimeout("the delivery");
        }
    }

    /// <summary>What the group has committed of a partition; null for nothing.</summary>
    public async Task<long?> CommittedAsync(int partition = 0, string topic = "t")
    {
        await using var asker = Client.CreateConsumer(Options);
        var name = new TopicPartition(topic, partition);
        return (await asker.CommittedAsync([name]).OrTimeout("the committed offset"))[name]?.Offset;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await Broker.DisposeAsync();
    }
}
