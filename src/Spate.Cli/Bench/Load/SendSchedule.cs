namespace Spate.Cli.Bench.Load;

/// <summary>When each record of one producer should be sent, whatever became of those before it.</summary>
/// <param name="Start">The timestamp of the first one.</param>
/// <param name="Interval">From one to the next, in the clock's ticks.</param>
internal readonly record struct SendSchedule(long Start, double Interval)
{
    /// <summary>The schedule of one of several producers that send in turn.</summary>
    /// <param name="start">When the first record of all is due.</param>
    /// <param name="rate">Records each second, of all together.</param>
    /// <param name="producer">Which one, from 0.</param>
    /// <param name="producers">How many.</param>
    /// <param name="frequency">The clock's ticks each second.</param>
    public static SendSchedule Of(long start, double rate, int producer, int producers, long frequency) =>
        new(start + (long)(producer * frequency / rate), producers * frequency / rate);

    /// <summary>When the record with this number, from 0, is due.</summary>
    public long DueOf(long number) => Start + (long)(number * Interval);
}
