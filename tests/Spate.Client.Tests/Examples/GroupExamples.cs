using Spate.Client.Consuming;
using Spate.Client.Serialization;
using Spate.Client.Tests.Broker;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of groups.</summary>
public sealed class GroupExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Billing()
    {
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = fixture.Broker.BootstrapServers,
            Consumer = new ConsumerOptions { OffsetReset = OffsetReset.Earliest },
            Serializers = Serializers.Default.WithJson(ShopJson.Default.Order),
        });
        await client.ProduceAsync("billed", "1", new Order("1", 2));
        await client.ProduceAsync("billed", "1", new Order("2", 3));
        var bills = new List<string>();

        // <group>
        await foreach (var record in client.ConsumeAsync<string, Order>("billed", group: "billing"))
        {
            bills.Add($"{record.Value!.Quantity} of {record.Value.Id}");
            if (bills.Count == 2)
            {
                break;
            }
        }
        // </group>

        Assert.Equal(["2 of 1", "3 of 2"], bills);
    }

    [Fact]
    public async Task Subscriptions()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        await client.ProduceAsync("payments", "paid");
        var told = new List<string>();

        // <subscription>
        await using var consumer = client.CreateConsumer(new ConsumerOptions
        {
            GroupId = "ledger",
            GroupProtocol = GroupProtocol.Consumer,
            OffsetReset = OffsetReset.Earliest,
            AutoCommit = false,
            OnAssigned = (_, partitions, _) =>
            {
                told.Add($"mine now: {string.Join(", ", partitions)}");
                return ValueTask.CompletedTask;
            },
        });
        consumer.Subscribe("payments", "refunds");

        await foreach (var record in consumer.ConsumeAsync<string, string>())
        {
            told.Add(record.Value!);
            await consumer.CommitAsync(record);
            break;
        }
        // </subscription>

        Assert.Contains("paid", told);
        Assert.Contains("payments-0", told[0], StringComparison.Ordinal);
    }
}
