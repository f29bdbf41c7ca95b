using System.Numerics;

namespace Spate.Broker.Telemetry;

/// <summary>
/// How values were spread lately. Count, sum, least and greatest are of all values; percentiles weigh a value by its age: half as much after
/// each <see cref="HalfLife"/>, about as Kafka's reservoir does, and like there they stand still while nothing is recorded. Memory is
/// bounded and taken at the first value (9 KiB); recording allocates nothing and takes no lock. Safe for use by several threads at once; a
/// reading among recordings may miss some of them.
/// </summary>
/// <remarks>
/// Values are counted in buckets, 32 for each doubling, so that a percentile is at most 1.6 percent off. Beyond <see cref="ValueMax"/> a
/// value counts as that.
/// </remarks>
public sealed class DecayingHistogram
{
    /// <summary>The greatest value that is told apart: 2^40 - 1.</summary>
    public const long ValueMax = (1L << MagnitudeMax) - 1;

    private const int MagnitudeMax = 40;
    private const int SubBits = 5;
    private const int SubCount = 1 << SubBits;
    private const int BucketCount = (MagnitudeMax - SubBits + 1) * SubCount;

    // A new value weighs so much that it takes ten halvings to vanish.
    private const long Weight = 1 << 10;
    private const int HalvingsMax = 62;

    private readonly long _halfLifeTicks;
    private readonly double _scale;
    private long[]? _buckets;
    private long _count;
    private long _sum;
    private long _least = long.MaxValue;
    private long _greatest = long.MinValue;
    private long _decayedAt;

    /// <param name="clock">The clock whose timestamps are recorded with the values.</param>
    /// <param name="scale">What a recorded value is multiplied by when it is read: 0.001 where microseconds are told in milliseconds.</param>
    public DecayingHistogram(TimeProvider clock, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _scale = scale;
        _halfLifeTicks = (long)(HalfLife.TotalSeconds * clock.TimestampFrequency);
        _decayedAt = clock.GetTimestamp();
    }

    /// <summary>After how long a value weighs half: 46 seconds, which makes the percentiles those of about the last five minutes.</summary>
    public static TimeSpan HalfLife { get; } = TimeSpan.FromSeconds(46);

    /// <summary>Values so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Takes a value in; one below 0 counts as 0.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timestamp">Now, by the clock's own timestamps.</param>
    public void Record(long value, long timestamp)
    {
        value = Math.Max(value, 0);
        if (timestamp - Volatile.Read(ref _decayedAt) >= _halfLifeTicks)
        {
            Decay(timestamp);
        }

        var buckets = _buckets ?? MakeBuckets();
        Interlocked.Add(ref buckets[IndexOf(Math.Min(value, ValueMax))], Weight);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, value);
        if (value < Volatile.Read(ref _least))
        {
            Lower(value);
        }

        if (value > Volatile.Read(ref _greatest))
        {
            Raise(value);
        }
    }

    /// <summary>The figures as they are; all 0 when nothing was recorded.</summary>
    public HistogramReading Read()
    {
        var count = Count;
        if (count == 0 || _buckets is not { } buckets)
        {
            return default;
        }

        var weights = new long[BucketCount];
        var total = 0L;
        for (var index = 0; index < weights.Length; index++)
        {
            weights[index] = Math.Max(Volatile.Read(ref buckets[index]), 0);
            total += weights[index];
        }

        return new HistogramReading
        {
            Count = count,
            Least = Volatile.Read(ref _least) * _scale,
            Greatest = Volatile.Read(ref _greatest) * _scale,
            Mean = (double)Volatile.Read(ref _sum) / count * _scale,
            P50 = Percentile(weights, total, 0.5),
            P75 = Percentile(weights, total, 0.75),
            P95 = Percentile(weights, total, 0.95),
            P98 = Percentile(weights, total, 0.98),
            P99 = Percentile(weights, total, 0.99),
            P999 = Percentile(weights, total, 0.999),
        };
    }

    /// <summary>The bucket of a value: the value itself below 32, and its highest bit with the five behind it above.</summary>
    private static int IndexOf(long value)
    {
        if (value < SubCount)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) & (SubCount - 1));
    }

    /// <summary>The value in the middle of a bucket.</summary>
    private static double ValueOf(int index)
    {
        if (index < SubCount)
        {
            return index;
        }

        var shift = (index >> SubBits) - 1;
        var lowest = (long)(SubCount + (index & (SubCount - 1))) << shift;
        return lowest + (((1L << shift) - 1) / 2.0);
    }

    private double Percentile(long[] weights, long total, double part)
    {
        var wanted = part * total;
        var seen = 0L;
        for (var index = 0; index < weights.Length; index++)
        {
            seen += weights[index];
            if (weights[index] > 0 && seen >= wanted)
            {
                // A bucket's middle may lie outside of what there was.
                return Math.Clamp(ValueOf(index), Volatile.Read(ref _least), Math.Min(Volatile.Read(ref _greatest), ValueMax)) * _scale;
            }
        }

        return 0;
    }

    private long[] MakeBuckets()
    {
        var made = new long[BucketCount];
        return Interlocked.CompareExchange(ref _buckets, made, null) ?? made;
    }

    /// <summary>Lets what is old weigh less. Whoever wins the exchange does it; others record meanwhile, and nothing of theirs is lost.</summary>
    private void Decay(long timestamp)
    {
        var since = Volatile.Read(ref _decayedAt);
        var halvings = (timestamp - since) / _halfLifeTicks;
        if (halvings <= 0 || Interlocked.CompareExchange(ref _decayedAt, since + (halvings * _halfLifeTicks), since) != since || _buckets is not { } buckets)
        {
            return;
        }

        for (var index = 0; index < buckets.Length; index++)
        {
            var weight = Volatile.Read(ref buckets[index]);
            if (weight > 0)
            {
                Interlocked.Add(ref buckets[index], (weight >> (int)Math.Min(halvings, HalvingsMax)) - weight);
            }
        }
    }

    private void Lower(long value)
    {
        for (var least = Volatile.Read(ref _least); value < least;)
        {
            least = Interlocked.CompareExchange(ref _least, value, least);
        }
    }

    private void Raise(long value)
    {
        for (var greatest = Volatile.Read(ref _greatest); value > greatest;)
        {
            greatest = Interlocked.CompareExchange(ref _greatest, value, greatest);
        }
    }
}
