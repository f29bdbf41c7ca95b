using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Tests.Telemetry;

public sealed class DecayingHistogramTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Read_NothingRecorded_IsZero() => Assert.Equal(default, new DecayingHistogram(_clock).Read());

    [Fact]
    public void Read_OneValue_IsAllFigures()
    {
        var histogram = new DecayingHistogram(_clock);
        Record(histogram, 12_345);

        var reading = histogram.Read();

        Assert.Equal((1, 12_345.0, 12_345.0, 12_345.0), (reading.Count, reading.Least, reading.Greatest, reading.Mean));
        Assert.Equal((12_345.0, 12_345.0), (reading.P50, reading.P999));
    }

    [Fact]
    public void Percentiles_OfAThousandValues_AreWithinTwoPercent()
    {
        var histogram = new DecayingHistogram(_clock, scale: 0.001);
        for (var value = 1; value <= 1000; value++)
        {
            Record(histogram, value * 1000);
        }

        var reading = histogram.Read();

        Assert.Equal((1000, 1.0, 1000.0, 500.5), (reading.Count, reading.Least, reading.Greatest, reading.Mean));
        foreach (var (found, exact) in new[]
        {
            (reading.P50, 500.0), (reading.P75, 750), (reading.P95, 950), (reading.P98, 980), (reading.P99, 990), (reading.P999, 999),
        })
        {
            Assert.InRange(found, exact * 0.98, exact * 1.02);
        }
    }

    [Fact]
    public void Percentiles_OfSmallValues_AreExact()
    {
        var histogram = new DecayingHistogram(_clock);
        foreach (var value in Enumerable.Range(0, 32))
        {
            Record(histogram, value);
        }

        Assert.Equal((15, 23, 31), (histogram.Read().P50, histogram.Read().P75, histogram.Read().P999));
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(DecayingHistogram.ValueMax, DecayingHistogram.ValueMax)]
    [InlineData(long.MaxValue, DecayingHistogram.ValueMax)]
    public void Record_AtAndBeyondTheBounds_IsTakenAsTheBound(long value, long median)
    {
        var histogram = new DecayingHistogram(_clock);
        Record(histogram, value);

        Assert.Equal(1, histogram.Count);
        Assert.InRange(histogram.Read().P50, median * 0.98, median);
    }

    [Fact]
    public void Old_values_lose_their_weight_and_keep_their_place_in_count_and_bounds()
    {
        var histogram = new DecayingHistogram(_clock);
        for (var i = 0; i < 100; i++)
        {
            Record(histogram, 10);
        }

        _clock.Advance(DecayingHistogram.HalfLife * 4);
        for (var i = 0; i < 10; i++)
        {
            Record(histogram, 20);
        }

        // A hundred values that weigh a sixteenth each stand against ten.
        var reading = histogram.Read();
        Assert.Equal((110, 10.0, 20.0), (reading.Count, reading.Least, reading.Greatest));
        Assert.Equal(20, reading.P50);

        _clock.Advance(DecayingHistogram.HalfLife * 12);
        Record(histogram, 30);
        Assert.Equal((30, 30, 30), (histogram.Read().P50, histogram.Read().P75, histogram.Read().P999));
    }

    [Fact]
    public void Percentiles_stand_still_while_nothing_is_recorded()
    {
        var histogram = new DecayingHistogram(_clock);
        Record(histogram, 7);
        _clock.Advance(TimeSpan.FromDays(30));

        Assert.Equal(7, histogram.Read().P99);
    }

    [Fact]
    public async Task Values_of_many_threads_are_all_counted()
    {
        const int Threads = 4;
        const int Values = 20_000;
        var histogram = new DecayingHistogram(_clock);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Values; i++)
            {
                Record(histogram, thread);
            }
        })));

        Assert.Equal(Threads * Values, histogram.Count);
        Assert.Equal((0, 3, 1.5), (histogram.Read().Least, histogram.Read().Greatest, histogram.Read().Mean));
    }

    [Fact]
    public void Record_AllocatesNothing()
    {
        var histogram = new DecayingHistogram(_clock);
        var now = _clock.GetTimestamp();
        histogram.Record(1, now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            histogram.Record(i, now);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Record(DecayingHistogram histogram, long value) => histogram.Record(value, _clock.GetTimestamp());
}
