using Spate.Cli.Bench.Load;
using Spate.Cli.Tests.Harness;
using Spate.Client;
using Spate.Client.Producing;

namespace Spate.Cli.Tests.Bench;

/// <summary>What measures must not be what is measured: a record costs no allocation. What is counted is what the calling thread allocates while it posts all records of a round without a wait.</summary>
public sealed class AllocationTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Records = 20_000;
    private const int ValueBytes = 100;

    /// <summary>Batches and the like come to a few bytes for each record; the smallest object has 24.</summary>
    private const int BytesOfRecordMax = 12;

    /// <summary>A round in which more batches are under way than in all before it makes the buffers of the new ones. What each record costs is in every round, and so in the cheapest.</summary>
    private const int Rounds = 8;

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
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var (before, posted) = (GC.GetAllocatedBytesForCurrentThread(), lane.Posted);
            var sending = run(lane);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            least = lane.Posted - posted == Records ? Math.Min(least, allocated) : least;
            await sending;
        }

        Assert.Equal(((long)Rounds * Records, null), (lane.Delivered, lane.Failure));
        Assert.True(least <= Records * BytesOfRecordMax, $"{(double)least / Records:0.0} bytes for a record.");
    }
}
