using System.Diagnostics;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// Thousands of partitions on one node. What a user feels of them is printed; only what would be a fault on any machine is judged.
/// </summary>
public sealed class ManyPartitionsTests(ITestOutputHelper output)
{
    private const int Topics = 250;
    private const int PartitionsPerTopic = 20;
    private const int MetadataRequests = 50;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Five_thousand_partitions_are_ready_within_ten_seconds(bool crash)
    {
        using var data = new TestDirectory(inMemory: true);
        await using var broker = await BrokerProcess.StartOnAsync(data["data"]);
        using (var client = await WireClient.ConnectAsync(broker))
        {
            for (var topic = 0; topic < Topics; topic++)
            {
                Assert.Equal(WireError.None, await client.CreateTopicAsync($"many-{topic:d3}", PartitionsPerTopic));
                for (var partition = 0; partition < PartitionsPerTopic; partition++)
                {
                    Assert.Equal((WireError.None, 0L), await client.ProduceAsync($"many-{topic:d3}", partition, Batches.Of("one", "two")));
                }
            }
        }

        if (crash)
        {
            broker.Kill();
        }
        else
        {
            Assert.Equal(0, await broker.StopAsync());
        }

        var clock = Stopwatch.StartNew();
        await broker.RestartAsync();
        var ready = clock.Elapsed;
        output.WriteLine($"{Topics * PartitionsPerTopic} partitions are ready {ready.TotalSeconds:f2} s after the start of the process that follows a {(crash ? "crash" : "stop")}");
        await ReportIdleAsync(broker);
        await ReportMetadataAsync(broker);

        Assert.True(ready < StartMax, $"It took {ready.TotalSeconds:f1} s to be ready, and {StartMax.TotalSeconds} s are allowed:\n{broker.Log}");
    }

    private async Task ReportIdleAsync(BrokerProcess broker)
    {
        var before = broker.ProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var timer = new PeriodicTimer(Idle))
        {
            await timer.WaitForNextTickAsync();
        }

        output.WriteLine(
            $"idle: {broker.ResidentBytes / 1024 / 1024} MiB resident, {(broker.ProcessorTime - before) / clock.Elapsed:p2} of a processor over {clock.Elapsed.TotalSeconds:f0} s");
    }

    private async Task ReportMetadataAsync(BrokerProcess broker)
    {
        using var client = await WireClient.ConnectAsync(broker);
        var times = new List<double>();
        for (var request = 0; request < MetadataRequests; request++)
        {
            var clock = Stopwatch.StartNew();
            var topics = await client.PartitionsByTopicAsync();
            times.Add(clock.Elapsed.TotalMilliseconds);
            Assert.Equal(Topics, topics.Count(topic => topic.Key.StartsWith("many-", StringComparison.Ordinal) && topic.Value == PartitionsPerTopic));
        }

        times.Sort();
        output.WriteLine($"metadata of all topics: median {times[times.Count / 2]:f1} ms, slowest of {MetadataRequests} {times[^1]:f1} ms");
    }
}
