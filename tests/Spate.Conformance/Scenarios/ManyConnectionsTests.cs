using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>More clients than anybody wants, with good intentions and with bad ones.</summary>
public sealed class ManyConnectionsTests(ITestOutputHelper output)
{
    private const int ConnectionsMax = 10_000;
    private const int OpenFilesNeeded = 3_000;

    /// <summary>Files that the two processes need beside the connections.</summary>
    private const int OpenFilesSpare = 1_000;

    /// <summary>What the broker may take for all of them: 25 KiB for each of ten thousand, beside what it has when nobody is there.</summary>
    private const long ResidentBytesMax = 400L * 1024 * 1024;

    /// <summary>Those among them that write and read all at once.</summary>
    private const int Busy = 1_000;

    private const int BusyPartitions = 10;
    private const int RecordsEach = 20;

    private static int Connections => Math.Min(ConnectionsMax, RequiresOpenFilesFactAttribute.Allowed - OpenFilesSpare);

    [RequiresOpenFilesFact(OpenFilesNeeded)]
    public async Task Thousands_of_connections_are_served_and_so_is_one_more()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var clients = new List<WireClient>();
        var alone = broker.ResidentBytes;
        try
        {
            while (clients.Count < Connections)
            {
                clients.Add(await WireClient.ConnectAsync(broker));
                Assert.NotEmpty(await clients[^1].ApiVersionsAsync());
            }

            await Kcat.WriteLinesAsync(broker, "crowd", ["one more"]);
            Assert.Equal(["one more"], await Kcat.ReadLinesAsync(broker, "crowd"));
            Assert.NotEmpty(await clients[0].ApiVersionsAsync());
            Report(broker, $"with {clients.Count} connections");
            output.WriteLine($"{(broker.ResidentBytes - alone) / clients.Count} bytes for each that is silent, beside {alone / 1024 / 1024} MiB before the first");

            await WriteAndReadAsync([.. clients.Take(Busy)]);
            Report(broker, $"with {clients.Count} connections of which {Busy} write and read");
            Assert.NotEmpty(await clients[^1].ApiVersionsAsync());
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.Equal(0, await broker.StopAsync());
    }

    [RequiresOpenFilesFact(OpenFilesNeeded)]
    public async Task Requests_that_are_announced_and_never_sent_take_no_memory()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var clients = new List<WireClient>();
        try
        {
            while (clients.Count < 1_000)
            {
                clients.Add(await WireClient.ConnectAsync(broker));
                // As long as a request may be: 100 GB in all, if the word of a client were taken for it.
                await clients[^1].SendAsync(new WireWriter().Int32(104_857_600).Int16(Api.Produce).ToArray());
            }

            await Kcat.WriteLinesAsync(broker, "promises", ["one more"]);
            Assert.Equal(["one more"], await Kcat.ReadLinesAsync(broker, "promises"));
            Report(broker, $"with {clients.Count} requests announced");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.Equal(0, await broker.StopAsync());
    }

    /// <summary>All at once each writes its records, one request after the other, and reads each of them back from where it was told that it is.</summary>
    private static async Task WriteAndReadAsync(IReadOnlyList<WireClient> clients)
    {
        Assert.Equal(WireError.None, await clients[0].CreateTopicAsync("busy", BusyPartitions));
        await Task.WhenAll(clients.Select(async (client, number) =>
        {
            for (var record = 0; record < RecordsEach; record++)
            {
                // No two clients write as much, so the length tells whose records come back.
                var batch = Batches.Of(new string('x', number + 1));
                var (error, offset) = await client.ProduceAsync("busy", number % BusyPartitions, batch);
                Assert.Equal(WireError.None, error);
                var fetched = await client.CallAsync(Api.Fetch, 4, Requests.Fetch("busy", number % BusyPartitions, offset, 1));
                Assert.Equal(batch.Length, FetchedBytes(fetched));
            }
        }));
    }

    /// <summary>Reads the reply to a fetch of one partition, which has no error, and gives the length of its records.</summary>
    private static int FetchedBytes(WireReader reply)
    {
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        Assert.Equal(WireError.None, reply.Int16());
        reply.Int64();
        reply.Int64();
        for (var aborted = reply.Int32(); aborted > 0; aborted--)
        {
            reply.Int64();
            reply.Int64();
        }

        return reply.Int32();
    }

    private void Report(BrokerProcess broker, string when)
    {
        var resident = broker.ResidentBytes;
        output.WriteLine($"{resident / 1024 / 1024} MiB resident {when}");
        Assert.True(resident < ResidentBytesMax, $"The broker has {resident} bytes resident {when}; {ResidentBytesMax} are allowed.");
    }
}
