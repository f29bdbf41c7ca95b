using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>What a broker finds again when it starts on what it left behind.</summary>
public sealed class DurabilityTests
{
    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Topics_records_and_groups_are_found_again_after_a_crash_and_after_a_stop(bool crash)
    {
        // Segments of a megabyte, so that there are several of them to be found.
        await using var broker = await BrokerProcess.StartAsync(("log.segment.bytes", "1048576"));
        using (var client = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("empty", 7));
        }

        var lines = SeededText.Lines(seed: 21, bytes: 1_500_000);
        foreach (var codec in Codecs)
        {
            await Kcat.WriteLinesAsync(broker, codec, lines, "-z", codec);
        }

        Assert.Equal(lines.Take(100), (await Kcat.ReadAsGroupAsync(broker, "readers", "none", 100)).Select(record => record.Text));

        if (crash)
        {
            broker.Kill();
        }
        else
        {
            Assert.Equal(0, await broker.StopAsync());
            Assert.Contains("Stopped", broker.Log.Lines[^1].Text, StringComparison.Ordinal);
        }

        await broker.RestartAsync();

        // After a stop there is nothing to recover, and after a crash the log says that there was.
        Assert.Equal(crash, broker.Log.Lines.Any(line => line.Text.Contains("was not closed cleanly", StringComparison.Ordinal)));
        Assert.DoesNotContain(broker.Log.Lines, line => line.Text.Contains(" WARN ", StringComparison.Ordinal) || line.Text.Contains(" ERROR ", StringComparison.Ordinal));
        foreach (var codec in Codecs)
        {
            Assert.Equal(lines, await Kcat.ReadLinesAsync(broker, codec));
        }

        var listed = (await Kcat.RunAsync(broker, default, "-L", "-t", "empty")).Succeeded();
        Assert.Contains("\"empty\" with 7 partitions", listed.Text, StringComparison.Ordinal);
        Assert.Equal(lines.Skip(100).Take(50), (await Kcat.ReadAsGroupAsync(broker, "readers", "none", 50)).Select(record => record.Text));
        await Kcat.WriteLinesAsync(broker, "none", ["and one more"]);
        var last = Assert.Single(await Kcat.ReadAsync(broker, "none", "-p", "0", "-o", "-1"));
        Assert.Equal((lines.Count, "and one more"), (last.Offset, last.Text));
    }

    [Fact]
    public async Task A_deleted_topic_stays_deleted_after_a_crash_and_its_name_is_free_again()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await Kcat.WriteLinesAsync(broker, "deleted", ["old"]);
        await Kcat.WriteLinesAsync(broker, "kept", ["kept"]);
        using (var client = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await client.DeleteTopicAsync("deleted"));
            Assert.Equal(WireError.UnknownTopicOrPartition, await client.DeleteTopicAsync("deleted"));
        }

        await broker.CrashAndRestartAsync();

        var topics = (await Kcat.RunAsync(broker, default, "-L")).Succeeded().Text;
        Assert.DoesNotContain("deleted", topics, StringComparison.Ordinal);
        Assert.Equal(["kept"], await Kcat.ReadLinesAsync(broker, "kept"));
        await Kcat.WriteLinesAsync(broker, "deleted", ["new"]);
        var record = Assert.Single(await Kcat.ReadAsync(broker, "deleted"));
        Assert.Equal((0, "new"), (record.Offset, record.Text));
    }

    [Fact]
    public async Task A_broker_stops_cleanly_on_either_signal_though_clients_are_connected()
    {
        foreach (var signal in new[] { Signals.Terminate, Signals.Interrupt })
        {
            await using var broker = await BrokerProcess.StartAsync();
            await Kcat.WriteLinesAsync(broker, "topic", ["value"]);
            await using var member = Kcat.Join(broker, "group", "topic");
            await member.WaitForRecordsAsync(1);
            using var idle = await WireClient.ConnectAsync(broker);
            using var halfway = await WireClient.ConnectAsync(broker);
            await halfway.SendAsync(new WireWriter().Int32(1000).Raw(new byte[10]).ToArray());

            var status = await broker.StopAsync(signal);

            Assert.True(status == 0, $"Signal {signal} ended the broker with status {status}:\n{broker.Log}");
            Assert.Contains("Stopped", broker.Log.Lines[^1].Text, StringComparison.Ordinal);
            Assert.Null(await idle.ReceiveAsync());
        }
    }
}
