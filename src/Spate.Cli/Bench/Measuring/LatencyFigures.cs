namespace Spate.Cli.Bench.Measuring;

/// <summary>What is told of a <see cref="LatencyHistogram"/>.</summary>
internal readonly record struct LatencyFigures(long Count, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Max)
{
    /// <param name="histogram">Of ticks of a clock.</param>
    /// <param name="frequency">The clock's ticks each second.</param>
    public static LatencyFigures Of(LatencyHistogram histogram, long frequency)
    {
        return new LatencyFigures(histogram.Count, Time(histogram.Percentile(50)), Time(histogram.Percentile(90)), Time(histogram.Percentile(99)), Time(histogram.Percentile(99.9)), Time(histogram.Max));
        TimeSpan Time(long ticks) => TimeSpan.FromTicks((long)Math.Ceiling(ticks * ((double)TimeSpan.TicksPerSecond / frequency)));
    }
}
