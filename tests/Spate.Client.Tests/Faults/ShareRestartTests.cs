using Spate.Client.Administration;
using Spate.Client.Producing;
using Spate.Client.Sharing;
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
        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Group("g")] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
        }).OrTimeout("the setting");
        var work = new ShareAccount();
        using var stopping = new CancellationTokenSource();
        var members = new List<Task>();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, RecordsInARound).Select(number =>
                client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>("t", default, number) { Partition = number % 2 }).AsTask())).OrTimeout("what goes in");
            if (members.Count == 0)
            {
                members.AddRange(Enumerable.Range(0, 2).Select(_ => Task.Run(() => WorkAsync(client, work, stopping.Token))));
            }

            // In the middle of the work: a third of the round has been delivered, and not all of it is confirmed.
            var third = (round * RecordsInARound) + (RecordsInARound / 3);
            await Waiting.Until(() => work.Records >= third, () => $"{third} records; there are {work.Records}");
            await (isCrash ? broker.KillAsync() : broker.StopAsync()).OrTimeout("the end of the broker");
            await broker.RestartAsync().OrTimeout("the restart");
        }

        await UntilAllIsDoneAsync(client).OrTimeout("every record to be done with");
        await stopping.CancelAsync();
        await Task.WhenAll(members).OrTimeout("the members to end");

        output.WriteLine($"{work.Deliveries} deliveries of {work.Records} records");
        Assert.Equal(Rounds * RecordsInARound, work.Records);
        Assert.Empty(work.Again);
    }

    private static async Task UntilAllIsDoneAsync(KafkaClient client)
    {
        while (true)
        {
            var offsets = (await client.Admin.Groups.ListShareOffsetsAsync(["g"]))["g"];
            if (offsets.IsSuccess && offsets.Value.Values.Sum(static offset => offset.IsSuccess ? offset.Value?.StartOffset ?? 0 : 0) == Rounds * RecordsInARound)
            {
                return;
            }
        }
    }

    private static async Task WorkAsync(KafkaClient client, ShareAccount work, CancellationToken stopping)
    {
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions
        {
            GroupId = "g",
            AcknowledgeMode = AcknowledgeMode.Explicit,
            MaxRecords = 5,
            MaxWait = TimeSpan.FromMilliseconds(10),
            AcknowledgeLinger = TimeSpan.FromMilliseconds(5),
            OnAcknowledged = work.Confirm,
        });
        consumer.Subscribe("t");
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var record in consumer.ReceiveAsync<NoKey, int>(stopping))
                {
                    work.Begin((record.Partition.Partition, record.Offset));
                    record.Accept();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                // The next enumeration goes on.
            }
        }
    }
}
