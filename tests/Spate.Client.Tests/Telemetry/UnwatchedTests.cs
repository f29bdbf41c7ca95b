using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Client.Tests.Telemetry;

public sealed class UnwatchedTests
{
    [Fact]
    public void Work_on_a_record_costs_nothing_while_nobody_listens()
    {
        var record = new ConsumerRecord<string, int>(new TopicPartition("t", 0), 1, "k", 2);
        var before = Work(record);
        for (var round = 0; round < 3; round++)
        {
            before = Work(record);
        }

        Assert.Equal(0, before);
    }

    private static long Work(ConsumerRecord<string, int> record)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 10_000; count++)
        {
            using var processing = record.StartProcessing();
            processing?.Fail(new InvalidOperationException());
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
