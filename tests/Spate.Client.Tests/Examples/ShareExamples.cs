using Spate.Client.Administration;
using Spate.Client.Sharing;
using Spate.Client.Tests.Broker;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of share groups.</summary>
public sealed class ShareExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Jobs()
    {
        await using var client = await WithJobsAsync("printers", "one", "two");
        var printed = new List<string>();

        // <share>
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "printers" });
        consumer.Subscribe("jobs-of-printers");

        await foreach (var job in consumer.ReceiveAsync<string, string>())
        {
            // Asking for the next record accepts this one.
            printed.Add($"{job.Value}, attempt {job.DeliveryCount}");
            if (printed.Count == 2)
            {
                job.Accept();
                break;
            }
        }
        // </share>

        Assert.Equal(["one, attempt 1", "two, attempt 1"], printed);
    }

    [Fact]
    public async Task Saying_what_became_of_each()
    {
        await using var client = await WithJobsAsync("mailers", "sent", "later", "nonsense", "last");
        var done = new List<string>();

        // <share-explicit>
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions
        {
            GroupId = "mailers",
            AcknowledgeMode = AcknowledgeMode.Explicit,
        });
        consumer.Subscribe("jobs-of-mailers");

        await foreach (var job in consumer.ReceiveAsync<string, string>())
        {
            switch (job.Value)
            {
                case "nonsense":
                    job.Reject(); // Nobody is given it again.
                    break;
                case "later" when job.DeliveryCount == 1:
                    job.Release(); // Somebody is given it again.
                    break;
                default:
                    await job.RenewAsync(); // More time for long work.
                    done.Add(job.Value!);
                    job.Accept();
                    break;
            }

            if (done.Count == 3)
            {
                break;
            }
        }

        foreach (var (partition, error) in await consumer.CommitAsync())
        {
            Assert.True(error is null, $"{partition}: {error?.Message}");
        }
        // </share-explicit>

        Assert.Equal(["last", "later", "sent"], done.Order());
    }

    private async Task<KafkaClient> WithJobsAsync(string group, params string[] jobs)
    {
        var client = new KafkaClient(fixture.Broker.BootstrapServers);
        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Group(group)] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
        });
        foreach (var job in jobs)
        {
            await client.ProduceAsync($"jobs-of-{group}", job);
        }

        return client;
    }
}
