using Spate.Storage.Producers;

namespace Spate.Storage.Tests.Producers;

public sealed class ProducerExpiryTests
{
    private const long Day = ProducerStates.ExpirationMillisecondsDefault;

    [Fact]
    public void An_idle_producer_is_forgotten_after_the_expiration_time_and_may_begin_anywhere()
    {
        var log = new ProducerLog().Do("p1e3s0");

        Assert.Equal(0, log.States.RemoveExpired(ProducerLog.Now + Day - 1, Day));
        Assert.Equal(1, log.States.RemoveExpired(ProducerLog.Now + Day, Day));

        Assert.Equal(0, log.States.Count);
        Assert.True(log.Check(ProducerLog.Parse("p1e2s9")).IsAccepted);
    }

    [Fact]
    public void A_producer_in_a_transaction_is_never_forgotten()
    {
        var log = new ProducerLog().Do("p1e0s0t");

        Assert.Equal(0, log.States.RemoveExpired(long.MaxValue, Day));
        log.Apply(ProducerLog.Marker(1, 0), time: 5 * Day);
        Assert.Equal(0, log.States.RemoveExpired((6 * Day) - 1, Day));
        Assert.Equal(1, log.States.RemoveExpired(6 * Day, Day));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void The_time_that_counts_is_the_brokers_not_that_in_the_records(long timestamp)
    {
        var log = new ProducerLog();
        log.Apply(ProducerLog.Batch(1, 0, 0, timestamp: timestamp), time: 10 * Day);

        Assert.Equal(0, log.States.RemoveExpired((11 * Day) - 1, Day));
        Assert.Equal(1, log.States.RemoveExpired(11 * Day, Day));
    }

    [Fact]
    public void A_batch_from_the_future_that_is_read_again_ages_from_the_first_look_on()
    {
        var log = new ProducerLog();
        log.Apply(ProducerLog.Batch(1, 0, 0, timestamp: long.MaxValue), time: long.MaxValue);

        Assert.Equal(0, log.States.RemoveExpired(10 * Day, Day));
        Assert.Equal(1, log.States.RemoveExpired(11 * Day, Day));
    }

    [Fact]
    public void A_known_producer_costs_no_allocation()
    {
        var states = new ProducerLog().Do("p1e0s0 p2e0s0t").States;
        var allocated = Append(states, 1000);
        allocated = Math.Min(allocated, Append(states, 1000));

        Assert.Equal(0, allocated);
    }

    private static long Append(ProducerStates states, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < count; number++)
        {
            var sequence = states.Find(1)!.Value.LastSequence + 1;
            var batch = ProducerLog.Batch(1, 0, sequence) with { BaseOffset = states.EndOffset };
            if (!states.Check(batch, AppendOrigin.Client).IsAccepted)
            {
                throw new InvalidOperationException("The batch is in order.");
            }

            states.Apply(batch, LogPosition.At(batch.BaseOffset), ProducerLog.Now);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
