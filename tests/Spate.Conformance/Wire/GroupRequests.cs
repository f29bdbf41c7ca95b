using System.Diagnostics;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Wire;

/// <summary>Requests of a consumer: joining a group as its only member, committing, and reading what was committed.</summary>
internal static class GroupRequests
{
    private const int SessionTimeoutMs = 30_000;

    /// <summary>Waits until the group has a coordinator that knows what was committed: asks until it gives an answer.</summary>
    public static async Task CoordinatorAsync(this WireClient client, string group)
    {
        var clock = Stopwatch.StartNew();
        var error = WireError.NotCoordinator;
        while (error is WireError.CoordinatorNotAvailable or WireError.CoordinatorLoadInProgress or WireError.NotCoordinator)
        {
            Assert.True(clock.Elapsed < Bounds.Answer, $"Group {group} had no coordinator after {clock.Elapsed.TotalSeconds:f0} s, but error {error}.");
            error = (await client.CallAsync(Api.FindCoordinator, 0, new WireWriter().Text(group))).Int16();
            if (error == WireError.None)
            {
                error = (await client.CommittedAsync(group, "any", 0)).Error;
            }
        }

        Assert.Equal(WireError.None, error);
    }

    /// <summary>Joins a group alone and takes up its generation.</summary>
    /// <returns>The error that stood in the way, or none; then the generation and the member's name.</returns>
    public static async Task<(short Error, int Generation, string Member)> JoinAloneAsync(this WireClient client, string group)
    {
        await client.CoordinatorAsync(group);
        var join = new WireWriter().Text(group).Int32(SessionTimeoutMs).Int32(SessionTimeoutMs).Text("").Text("consumer").Int32(1).Text("range").Blob([]);
        var reply = await client.CallAsync(Api.JoinGroup, 1, join);
        var error = reply.Int16();
        var generation = reply.Int32();
        reply.Text();
        reply.Text();
        var member = reply.Text()!;
        if (error == WireError.None)
        {
            var sync = new WireWriter().Text(group).Int32(generation).Text(member).Int32(1).Text(member).Blob([]);
            error = (await client.CallAsync(Api.SyncGroup, 0, sync)).Int16();
        }

        return (error, generation, member);
    }

    /// <summary>Commits an offset as a member and gives the error.</summary>
    public static async Task<short> CommitAsync(this WireClient client, string group, int generation, string member, string topic, int partition, long offset, string metadata)
    {
        var body = new WireWriter().Text(group).Int32(generation).Text(member).Int64(-1).Int32(1).Text(topic).Int32(1).Int32(partition).Int64(offset).Text(metadata);
        var reply = await client.CallAsync(Api.OffsetCommit, 2, body);
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        return reply.Int16();
    }

    /// <summary>What a group has committed for a partition: -1 and no text when it has not.</summary>
    public static async Task<(short Error, long Offset, string? Metadata)> CommittedAsync(this WireClient client, string group, string topic, int partition)
    {
        var reply = await client.CallAsync(Api.OffsetFetch, 1, new WireWriter().Text(group).Int32(1).Text(topic).Int32(1).Int32(partition));
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        var offset = reply.Int64();
        var metadata = reply.Text();
        return (reply.Int16(), offset, metadata);
    }

    /// <summary>Reads some records of a partition and gives the offset behind them.</summary>
    public static async Task<long> PassAsync(this WireClient client, string topic, int partition, long offset, int bytesMax)
    {
        var reply = await client.CallAsync(Api.Fetch, 4, Requests.Fetch(topic, partition, offset, bytesMax));
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        Assert.Equal(WireError.None, reply.Int16());
        reply.Int64();
        reply.Int64();
        Assert.True(reply.Int32() <= 0, "There are aborted transactions where nobody made any.");
        return Batches.OffsetBehind(reply.Blob(), offset);
    }
}
