using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;
using Spate.Testing.Faults;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of the broker inside a test.</summary>
public sealed class TestingExamples
{
    [Fact]
    public async Task Embedded()
    {
        // <embedded>
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("orders", "key", "value");
        // </embedded>
    }

    [Fact]
    public async Task Crash()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);

        // <crash>
        var before = await client.ProduceAsync("orders", "before");
        await broker.KillAsync();

        var during = client.ProduceAsync("orders", "during");
        await broker.RestartAsync();

        Assert.Equal(before.Offset + 1, (await during).Offset);
        // </crash>
    }

    [Fact]
    public async Task Faults()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("orders", "first");

        // <faults>
        // The records are stored, the answer is lost, and the producer cannot know.
        using var lost = broker.Faults.Break(ApiKey.Produce, BreakPoint.AfterWork, new FaultScope { Topic = "orders" });
        await client.ProduceAsync("orders", "once");

        // The next two fetches are refused, and the leader moves meanwhile.
        using var refused = broker.Faults.Refuse(ApiKey.Fetch, ErrorCode.KafkaStorageError, new FaultScope { Times = 2 });
        await broker.MoveLeaderAsync("orders", 0);
        // </faults>

        var values = new List<string?>();
        await foreach (var record in client.ConsumeAsync<string, string>("orders", StartPosition.Beginning))
        {
            values.Add(record.Value);
            if (values.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["first", "once"], values);
        Assert.Equal((1, 2), (lost.Count, refused.Count));
    }

    [Fact]
    public async Task Clock()
    {
        // <clock>
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { TimeProvider = clock });
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var slow = broker.Faults.Delay(ApiKey.Produce, TimeSpan.FromHours(1));

        var delivery = client.ProduceAsync("orders", "late").AsTask();
        await slow.ReachedAsync();
        Assert.False(delivery.IsCompleted);

        clock.Advance(TimeSpan.FromHours(1));
        await delivery;
        // </clock>
    }
}
