using System.Numerics;

namespace Spate.Cli.Bench.Measuring;

/// <summary>
/// Counts lengths of time in buckets that grow with the time, as HdrHistogram does: a value is told from its neighbours to within 1/128, however small or large it is, and counting one
/// is an addition. One thread counts; another may look on, and then misses at most what is being counted at that moment.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Values below twice as many have a bucket each; above, so many buckets lie between a power of two and the next.</summary>
    private const int BucketsOfPower = 128;

    private const int BitsOfPower = 7;

    /// <summary>A value has at most 63 bits, and all but the first eight of them are shifted out.</summary>
    private const int ShiftMax = 63 - BitsOfPower - 1;

    private readonly long[] _buckets = new long[(ShiftMax + 2) * BucketsOfPower];
    private long _max;

    /// <summary>How many values were counted.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (ref readonly var bucket in _buckets.AsSpan())
            {
                count += Volatile.Read(in bucket);
            }

            return count;
        }
    }

    /// <summary>The largest value, exactly; 0 when there is none.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>Counts a value; one below 0 counts as 0.</summary>
    public void Add(long value)
    {
        value = Math.Max(value, 0);
        _buckets[IndexOf(value)]++;
        if (value > _max)
        {
            _max = value;
        }
    }

    /// <summary>Adds all that another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _buckets.Length; index++)
        {
            _buckets[index] += other._buckets[index];
        }

        _max = Math.Max(_max, other._max);
    }

    /// <summary>Forgets everything. Nobody may be counting.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        _max = 0;
    }

    /// <summary>
    /// The least value that so many of a hundred do not exceed: by the nearest rank, and never less than the true one, nor more than a 128th above it. 0 when there is none.
    /// </summary>
    /// <param name="percent">Above 0, up to 100.</param>
    public long Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = Math.Max(1, (long)Math.Ceiling(Count / 100.0 * percent));
        var seen = 0L;
        for (var index = 0; index < _buckets.Length; index++)
        {
            seen += Volatile.Read(ref _buckets[index]);
            if (seen >= rank)
            {
                return Math.Min(LastOf(index), Max);
            }
        }

        return Max;
    }

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - BitsOfPower);
        return (shift * BucketsOfPower) + (int)(value >> shift);
    }

    /// <summary>The largest value that a bucket takes.</summary>
    private static long LastOf(int index)
    {
        var shift = Math.Max(0, (index / BucketsOfPower) - 1);
        return ((index - (shift * BucketsOfPower) + 1L) << shift) - 1;
    }
}
