using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Administration;

/// <summary>The real broker inside this process, and a client of it.</summary>
internal sealed class AdminFixture : IAsyncDisposable
{
    private AdminFixture(EmbeddedBroker broker)
    {
        Broker = broker;
        Client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, RetryBackoff = TimeSpan.FromMilliseconds(1) });
    }

    public EmbeddedBroker Broker { get; }

    public KafkaClient Client { get; }

    public Client.Administration.Admin Admin => Client.Admin;

    public static async Task<AdminFixture> StartAsync(params string[] settings) => new(await EmbeddedBroker.StartAsync(settings));

    public async Task<Uuid> CreateAsync(string topic, int partitions = 1) =>
        (await Admin.Topics.CreateAsync([new Client.Administration.NewTopic(topic) { Partitions = partitions }]).OrTimeout("the creation"))[topic].Value.Id;

    public async Task ProduceAsync(string topic, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await Client.ProduceAsync(topic, $"{number}").AsTask().OrTimeout("the delivery");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
