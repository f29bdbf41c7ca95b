using Spate.Broker.Tests.Groups;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Directories;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A stop answers what was accepted, and leaves the mark of a clean end.</summary>
public sealed class StopTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task Fetch_that_waits_is_answered_with_what_there_is()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        var client = await broker.ConnectAsync();
        var correlationId = await client.SendAsync(Ask.Fetch("t", 0, 0, 3_600_000, 1_000_000), 12);
        await broker.WhenWatchedAsync("t", 0, 1);

        await broker.StopAsync();

        var reply = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12, correlationId);
        Assert.Equal(["a"], Batches.Values(reply.Responses[0].Partitions[0].Records.Bytes));
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.True(_files.FileExists(Path.Combine(TestBroker.DataPath, CleanShutdown.FileName)));
        Assert.Empty(broker.Log.Complaints);
    }

    [Fact]
    public async Task Member_that_waits_for_its_group_is_sent_elsewhere()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        using var first = await GroupMember.FindAsync(broker, "g");
        await first.JoinAsync(3);
        await first.SyncAsync(2);
        var client = await broker.ConnectAsync();
        var join = new JoinGroupRequest
        {
            GroupId = "g",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 30_000,
            ProtocolType = "consumer",
            Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range" }],
        };
        var correlationId = await client.SendAsync(join, 3);
        for (var attempt = 0; (await first.AskAsync(new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = first.Id }, 2)).ErrorCode != ErrorCode.RebalanceInProgress; attempt++)
        {
            Assert.True(attempt < 100_000, "The second member never began to join.");
        }

        await broker.StopAsync();

        var reply = await client.ReceiveAsync<JoinGroupResponse>(ApiKey.JoinGroup, 3, correlationId);
        Assert.True(reply.ErrorCode is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable, $"It was told {reply.ErrorCode}.");
    }

    [Fact]
    public async Task Every_record_that_was_taken_is_acknowledged()
    {
        var acknowledged = 0;
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t", 1, ("flush.messages", "1"));
            var client = await broker.ConnectAsync();
            for (var request = 1; request <= 200; request++)
            {
                await client.SendAsync(Ask.Produce("t", 0, Batches.Of($"v{request}")), 9);
            }

            Assert.NotNull(await client.ReceiveFrameAsync());
            await broker.StopAsync();
            for (acknowledged = 1; await client.ReceiveFrameAsync() is not null; acknowledged++)
            {
            }

            Assert.Empty(broker.Log.Complaints);
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        Assert.Equal(Enumerable.Range(1, acknowledged).Select(number => $"v{number}"), await again.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Stop_twice_and_end_after_it_do_nothing_more()
    {
        var broker = await TestBroker.StartOnAsync(_files);
        await broker.StopAsync();
        await broker.StopAsync();
        await broker.DisposeAsync();

        await using var again = await TestBroker.StartOnAsync(_files);
        Assert.Empty(again.Log.Complaints);
    }
}
