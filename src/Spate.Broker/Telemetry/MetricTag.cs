namespace Spate.Broker.Telemetry;

/// <summary>The names of the tags that tell measurements of one instrument apart.</summary>
internal static class MetricTag
{
    public const string Topic = "topic";
    public const string Partition = "partition";
    public const string Request = "request";
    public const string Version = "version";
    public const string Error = "error";
    public const string Listener = "listener";
    public const string State = "state";
    public const string Directory = "directory";

    /// <summary>Which of a histogram's figures a measurement is: one of <see cref="HistogramReading.Statistics"/>.</summary>
    public const string Statistic = "statistic";

    public static KeyValuePair<string, object?> Of(string name, object? value) => new(name, value);
}
