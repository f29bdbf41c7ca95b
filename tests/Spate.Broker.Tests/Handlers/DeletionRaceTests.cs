using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Handlers;

/// <summary>A topic comes and goes under clients that write and read it: they are told so, and no connection suffers for it.</summary>
public sealed class DeletionRaceTests
{
    private const int Rounds = 40;

    [Fact]
    public async Task Clients_of_a_topic_that_comes_and_goes_are_told_and_not_cut_off()
    {
        await using var broker = await TestBroker.StartAsync("auto.create.topics.enable=false");
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(number => Task.Run(() => number % 2 == 0 ? WriteAsync(broker, done.Token) : ReadAsync(broker, done.Token))).ToList();

        for (var round = 0; round < Rounds; round++)
        {
            await broker.CreateTopicAsync("t", 2, ("file.delete.delay.ms", "0"));
            await broker.ProduceAsync("t", 0, $"round {round}");
            await broker.DeleteTopicAsync("t");

            // The deleted logs are closed under whoever still holds them.
            broker.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await done.CancelAsync();
        await Task.WhenAll(clients).OrTimeout("the clients to finish");
        Assert.Empty(broker.Log.Complaints);
    }

    private static async Task WriteAsync(TestBroker broker, CancellationToken done)
    {
        using var client = await TestClient.ConnectAsync(broker.EndPoint);
        while (!done.IsCancellationRequested)
        {
            var reply = await client.AskAsync(Ask.Produce("t", 1, Batches.Of("a")), 9);
            AssertTold(reply.Responses[0].PartitionResponses[0].ErrorCode);
        }
    }

    private static async Task ReadAsync(TestBroker broker, CancellationToken done)
    {
        using var client = await TestClient.ConnectAsync(broker.EndPoint);
        while (!done.IsCancellationRequested)
        {
            var fetched = await client.AskAsync(Ask.Fetch("t", 1, 0), 12);
            AssertTold(fetched.Responses[0].Partitions[0].ErrorCode);
            var listed = await client.AskAsync(Ask.ListOffsets("t", 1, TestBroker.StartMs), 8);
            AssertTold(listed.Topics[0].Partitions[0].ErrorCode);
        }
    }

    private static void AssertTold(ErrorCode error) =>
        Assert.True(error is ErrorCode.None or ErrorCode.UnknownTopicOrPartition or ErrorCode.OffsetOutOfRange, $"A client was told {error}.");
}
