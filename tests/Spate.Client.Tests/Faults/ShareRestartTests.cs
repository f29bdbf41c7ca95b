using Spate.Client.Producing;
using Spate.Testing;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Faults;

/// <summary>The broker goes away under two members of a share group, by a crash or in order, and comes back: every record is accepted by somebody, and none whose acceptance was confirmed comes again.</summary>
public sealed class ShareRestartTests(ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int RecordsInARound = 120;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_that_comes_back_delivers_nothing_again_that_was_confirmed_and_leaves_nothing_out(bool isCrash)
    {
        await using var broker = await EmbeddedBroker.StartAsync(
            "num.partitions=2", "group.share.min.heartbeat.interval.ms=50", "group.share.heartbeat.interval.ms=50", "group.share.delivery.count.limit=10");
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.BootstrapServers,
            Seed = 1,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(5),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoffMax = TimeSpan.FromMilliseconds(5),
        });
        var work = new ShareAccount();
        var workers = new ShareWorkers(client, work, recordsAtOnce: 5);
        await workers.BeginAtTheEarliestAsync().OrTimeout("the setting");
        using var stopping = new CancellationTokenSource();
        var members = new List<Task>();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, RecordsInARound).Select(number =>
                client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>("t", default, number) { Partition = number % 2 }).AsTask())).OrTimeout("what goes in");
            if (members.Count == 0)
            {
                members.AddRange(Enumerable.Range(0, 2).Select(_ => Task.Run(() => workers.WorkAsync(stopping.Token))));
            }

            // In the middle of the work: a third of the round has been delivered, and not all of it is confirmed.
            var third = (round * RecordsInARound) + (RecordsInARound / 3);
            await Waiting.Until(() => work.Records >= third, () => $"{third} records; there are {work.Records}");
            await (isCrash ? broker.KillAsync() : broker.StopAsync()).OrTimeout("the end of the broker");
            await broker.RestartAsync().OrTimeout("the restart");
        }

        await workers.UntilDoneAsync(Rounds * RecordsInARound).OrTimeout("every record to be done with");
        await stopping.CancelAsync();
        await Task.WhenAll(members).OrTimeout("the members to end");

        output.WriteLine($"{work.Deliveries} deliveries of {work.Records} records");
        Assert.Equal(Rounds * RecordsInARound, work.Records);
        Assert.Empty(work.Again);
    }
}
