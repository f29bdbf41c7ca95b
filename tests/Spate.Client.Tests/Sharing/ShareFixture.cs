using System.Text;
using Spate.Client.Sharing;
using Spate.Client.Tests.Fakes;

namespace Spate.Client.Tests.Sharing;

/// <summary>A fake broker that leads topic "t" and coordinates share group "shared", with numbers in its partition, and a client before it.</summary>
internal sealed class ShareFixture : IAsyncDisposable
{
    public ShareFixture(int records, short highest = 2, TimeProvider? clock = null, int partitions = 1)
    {
        Cluster.SetTopic("t", [.. Enumerable.Repeat((1, 0), partitions)]);
        Group = new FakeShareGroup(Cluster, partitions);
        Cluster.Add(1, Group.Attach(Broker, highest));
        for (var number = 0; number < records; number++)
        {
            Put(number);
        }

        Client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = Broker.Address,
            Seed = 1,
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            TimeProvider = clock ?? TimeProvider.System,
        });
    }

    public FakeBroker Broker { get; } = new();

    public FakeCluster Cluster { get; } = new();

    public FakeShareGroup Group { get; }

    public KafkaClient Client { get; }

    public void Put(int number) => Group.Put(0, number, Encoding.UTF8.GetBytes($"{number}"));

    public ShareConsumer Subscribe(Func<ShareConsumerOptions, ShareConsumerOptions>? change = null)
    {
        var options = new ShareConsumerOptions { GroupId = "shared", MaxWait = TimeSpan.FromMilliseconds(5), AcknowledgeLinger = TimeSpan.FromMinutes(1) };
        var consumer = Client.CreateShareConsumer(change?.Invoke(options) ?? options);
        consumer.Subscribe("t");
        return consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().OrTimeout("the end of the client");
        await Broker.DisposeAsync();
    }
}
