using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Testing;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Faults;

/// <summary>Connections are cut at random bytes of both directions while two members of a share group work: every record is accepted by somebody, and none whose acceptance was confirmed comes again.</summary>
public sealed class CutShareTests(ITestOutputHelper output)
{
    private const int Records = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_record_is_worked_on_and_what_is_confirmed_does_not_come_again(int seed)
    {
        await using var proxy = new CuttingProxy(seed, 700, 4_000);
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            AdvertisedAddress = proxy.Address,
            Settings = ["num.partitions=2", "group.share.min.heartbeat.interval.ms=50", "group.share.heartbeat.interval.ms=50", "group.share.delivery.count.limit=10"],
        });
        proxy.Target = broker.Port;
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = proxy.Address,
            Seed = seed,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(5),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoffMax = TimeSpan.FromMilliseconds(5),
        });
        var seen = new ShareAccount();
        var workers = new ShareWorkers(client, seen, recordsAtOnce: 10);
        await workers.BeginAtTheEarliestAsync().OrTimeout("the setting");
        await using (var writer = client.CreateProducer(new ProducerOptions { BatchSize = 300, Linger = TimeSpan.Zero }))
        {
            await Task.WhenAll(Enumerable.Range(0, Records).Select(number =>
                writer.ProduceAsync(new ProducerRecord<NoKey, int>("t", default, number / 2) { Partition = number % 2 }).AsTask())).OrTimeout("what goes in");
        }

        using var stopping = new CancellationTokenSource();
        var members = Enumerable.Range(0, 2).Select(_ => Task.Run(() => workers.WorkAsync(stopping.Token))).ToList();
        await workers.UntilDoneAsync(Records).OrTimeout("every record to be done with");
        await stopping.CancelAsync();
        await Task.WhenAll(members).OrTimeout("the members to end");

        output.WriteLine($"seed {seed}: {proxy.Cuts} connections were cut, {seen.Deliveries} deliveries of {Records} records");
        Assert.True(proxy.Cuts > 10, $"Only {proxy.Cuts} connections were cut.");
        Assert.Equal(Records, seen.Records);
        Assert.Empty(seen.Again);
    }
}
