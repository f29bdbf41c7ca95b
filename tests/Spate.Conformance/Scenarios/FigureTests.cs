using System.Diagnostics;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>Figures that a user feels. They are printed, not judged: a test machine that is busy proves nothing.</summary>
public sealed class FigureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task How_long_a_start_takes_and_how_much_memory_an_idle_broker_has()
    {
        var clock = Stopwatch.StartNew();
        await using var broker = await BrokerProcess.StartAsync();
        output.WriteLine($"{clock.ElapsedMilliseconds} ms from the start of the process to the line that says it is ready");
        using var client = await WireClient.ConnectAsync(broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync("figures", 1));
        Assert.Equal((WireError.None, 0L), await client.ProduceAsync("figures", 0, Batches.Of("first")));
        output.WriteLine($"{clock.ElapsedMilliseconds} ms from the start of the process to the first record acknowledged");
        output.WriteLine($"{broker.ResidentBytes / 1024 / 1024} MiB resident after the first record");

        broker.Kill();
        await broker.WaitForExitAsync();
        clock.Restart();
        await broker.RestartAsync();
        output.WriteLine($"{clock.ElapsedMilliseconds} ms to be ready again after a crash");
        Assert.Equal(["first"], await Kcat.ReadLinesAsync(broker, "figures"));
    }
}
