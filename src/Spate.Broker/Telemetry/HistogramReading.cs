using System.Diagnostics.Metrics;

namespace Spate.Broker.Telemetry;

/// <summary>The figures of a histogram at one moment, in the unit of its definition.</summary>
public readonly record struct HistogramReading
{
    /// <summary>The values of the tag <c>statistic</c>.</summary>
    public static IReadOnlyList<string> Statistics { get; } = ["min", "max", "mean", "p50", "p75", "p95", "p98", "p99", "p999"];

    /// <summary>Values so far.</summary>
    public long Count { get; init; }

    public double Least { get; init; }

    public double Greatest { get; init; }

    public double Mean { get; init; }

    public double P50 { get; init; }

    public double P75 { get; init; }

    public double P95 { get; init; }

    public double P98 { get; init; }

    public double P99 { get; init; }

    public double P999 { get; init; }

    /// <summary>One measurement for each statistic.</summary>
    internal IEnumerable<Measurement<double>> Measure(KeyValuePair<string, object?>[] tags)
    {
        double[] values = [Least, Greatest, Mean, P50, P75, P95, P98, P99, P999];
        return Statistics.Zip(values, (statistic, value) => new Measurement<double>(value, [.. tags, MetricTag.Of(MetricTag.Statistic, statistic)]));
    }
}
