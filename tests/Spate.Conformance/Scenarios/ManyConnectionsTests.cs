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

    private static int Connections => Math.Min(ConnectionsMax, RequiresOpenFilesFactAttribute.Allowed - OpenFilesSpare);

    [RequiresOpenFilesFact(OpenFilesNeeded)]
    public async Task Thousands_of_connections_are_served_and_so_is_one_more()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var clients = new List<WireClient>();
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

    private void Report(BrokerProcess broker, string when)
    {
        var resident = broker.ResidentBytes;
        output.WriteLine($"{resident / 1024 / 1024} MiB resident {when}");
        Assert.True(resident < ResidentBytesMax, $"The broker has {resident} bytes resident {when}; {ResidentBytesMax} are allowed.");
    }
}
