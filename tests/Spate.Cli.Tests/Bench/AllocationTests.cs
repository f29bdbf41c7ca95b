using Spate.Cli.Bench.Load;
using Spate.Cli.Tests.Harness;
using Spate.Client;
using Spate.Client.Producing;

namespace Spate.Cli.Tests.Bench;

/// <summary>What measures must not be what is measured: a record costs no allocation. What is counted is what the calling thread allocates until it first has to wait.</summary>
public sealed class AllocationTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Records = 20_000;
    private const int ValueBytes = 100;

    /// <summary>Batches and the like come to a few bytes for each record; the smallest object has 24.</summary>
    private const int BytesOfRecordMax = 12;

    [Fact]
    public async Task Sending_as_fast_as_it_goes_allocates_nothing_for_a_record() =>
        await AssertFrugalAsync("frugal", static lane => lane.RunAsync(Records, long.MaxValue, CancellationToken.None));

    [Fact]
    public async Task Sending_by_a_schedule_allocates_nothing_for_a_record()
    {
        var wait = new FineWait(TimeProvider.System);
        await AssertFrugalAsync("punctual", lane => lane.RunAsync(Records, new SendSchedule(Start: 0, Interval: 1), wait, CancellationToken.None));
    }

    private async Task AssertFrugalAsync(string topic, Func<ProducerLane, Task> run)
    {
        (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
        await using var client = new KafkaClient(running.Broker.BootstrapServers);
        var producer = client.CreateProducer(new ProducerOptions { BatchSize = 64 * 1024, Linger = TimeSpan.FromMilliseconds(5) });
        await using var lane = new ProducerLane(producer, topic, new SampleText(seed: 1, ValueBytes), ValueBytes, position: 0, new RecordStamp(1), TimeProvider.System);
        for (var warmUp = 0; warmUp < 3; warmUp++)
        {
            await run(lane);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var last = run(lane);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await last;
        Assert.Equal((4L * Records, null), (lane.Delivered, lane.Failure));
        Assert.True(allocated <= Records * BytesOfRecordMax, $"{(double)allocated / Records:0.0} bytes for a record.");
    }
}
