using Spate.Client;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing.Tests.Wire;

namespace Spate.Testing.Tests.Faults;

/// <summary>Leaders that go and come, as clients see it.</summary>
public sealed class LeaderMoveTests
{
    [Fact]
    public async Task Without_a_leader_clients_are_told_so_and_with_one_they_go_on_in_its_epoch()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(Ask.CreateTopic("orders"));
        await client.AskAsync(Ask.Produce("orders", "before"), Ask.Named);

        Assert.Equal(1, await broker.DeposeLeaderAsync("orders", 0));

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.AskAsync(Ask.Produce("orders", "v"), Ask.Named)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.AskAsync(Ask.Fetch("orders"), Ask.Named)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.AskAsync(Ask.Earliest("orders"))).Topics[0].Partitions[0].ErrorCode);
        var told = (await client.AskAsync(Ask.Metadata("orders"))).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.LeaderNotAvailable, -1, 1), (told.ErrorCode, told.LeaderId, told.LeaderEpoch));

        Assert.Equal(2, await broker.ElectLeaderAsync("orders", 0));

        Assert.Equal(ErrorCode.FencedLeaderEpoch, (await client.AskAsync(Ask.Fetch("orders", leaderEpoch: 1), Ask.Named)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(1, (await client.AskAsync(Ask.Produce("orders", "after"), Ask.Named)).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(2, (await client.AskAsync(Ask.Fetch("orders", leaderEpoch: 2), Ask.Named)).Responses[0].Partitions[0].HighWatermark);
    }

    [Fact]
    public async Task A_fetch_that_waits_is_answered_when_the_leader_goes()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(Ask.CreateTopic("orders"));
        var fetch = Ask.Fetch("orders", maxWaitMs: 600_000);
        await client.SendAsync(fetch, Ask.Named);

        await broker.DeposeLeaderAsync("orders", 0);

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await client.ReceiveAsync(fetch, Ask.Named)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_restart_brings_the_leader_back()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using (var client = await RawClient.ConnectAsync(broker))
        {
            await client.AskAsync(Ask.CreateTopic("orders"));
            await client.AskAsync(Ask.Produce("orders", "v"), Ask.Named);
        }

        await broker.DeposeLeaderAsync("orders", 0);
        await broker.StopAsync();
        await broker.RestartAsync();

        using var again = await RawClient.ConnectAsync(broker);
        Assert.Equal(1, (await again.AskAsync(Ask.Fetch("orders", leaderEpoch: 2), Ask.Named)).Responses[0].Partitions[0].HighWatermark);
    }

    [Fact]
    public async Task Producer_and_consumer_follow_every_move_and_lose_and_double_nothing()
    {
        const int moves = 5;
        const int perMove = 200;
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, RetryBackoff = TimeSpan.FromMilliseconds(5) });
        await using var producer = client.CreateProducer(new ProducerOptions { BatchSize = 200, Linger = TimeSpan.Zero });
        await client.ProduceAsync("orders", "the first").AsTask().OrTimeout("the first record");
        var read = ReadAsync(client, 1 + (moves * perMove));

        var sent = new List<Task>();
        for (var move = 1; move <= moves; move++)
        {
            sent.AddRange(Enumerable.Range(0, perMove).Select(number => producer.ProduceAsync(new ProducerRecord<NoKey, string>("orders", default, $"{move}.{number}")).AsTask()));
            Assert.Equal(2 * move, await broker.MoveLeaderAsync("orders", 0));
        }

        await Task.WhenAll(sent).OrTimeout("all deliveries");

        var expected = Enumerable.Range(1, moves).SelectMany(move => Enumerable.Range(0, perMove).Select(number => $"{move}.{number}"));
        Assert.Equal(["the first", .. expected], await read.OrTimeout("all records"));
    }

    [Fact]
    public async Task A_group_has_no_coordinator_while_nobody_leads_its_offsets_and_goes_on_afterwards()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        var named = await client.AskAsync(Ask.Join("g", ""), 9);
        var joined = await client.AskAsync(Ask.Join("g", named.MemberId), 9);
        await client.AskAsync(Ask.Sync("g", joined.GenerationId, joined.MemberId));
        var beat = Ask.Beat("g", joined.GenerationId, joined.MemberId);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(beat)).ErrorCode);

        await broker.DeposeLeaderAsync("__consumer_offsets", 0);
        Assert.Equal(ErrorCode.NotCoordinator, (await client.AskAsync(beat)).ErrorCode);

        await broker.ElectLeaderAsync("__consumer_offsets", 0);
        ErrorCode error;
        do
        {
            // The groups are read from the log beside this.
            error = (await client.AskAsync(beat)).ErrorCode;
        }
        while (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress);
        Assert.Equal(ErrorCode.None, error);
    }

    [Fact]
    public async Task What_cannot_be_moved_is_told_with_the_reason()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var unknown = await Assert.ThrowsAsync<InvalidOperationException>(() => broker.MoveLeaderAsync("nothing", 0));
        Assert.Contains("nothing-0", unknown.Message, StringComparison.Ordinal);
        using var client = await RawClient.ConnectAsync(broker);
        await client.AskAsync(Ask.CreateTopic("orders"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.ElectLeaderAsync("orders", 0));
        await broker.DeposeLeaderAsync("orders", 0);
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.DeposeLeaderAsync("orders", 0));
        await broker.StopAsync();
        Assert.Contains("is down", (await Assert.ThrowsAsync<InvalidOperationException>(() => broker.ElectLeaderAsync("orders", 0))).Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ReadAsync(KafkaClient client, int count)
    {
        var values = new List<string>();
        await foreach (var record in client.ConsumeAsync<string, string>("orders", StartPosition.Beginning))
        {
            values.Add(record.Value!);
            if (values.Count == count)
            {
                break;
            }
        }

        return values;
    }
}
