using Microsoft.Extensions.Logging;

namespace Spate.Broker.Network;

/// <summary>What watches the network: the clock, the log and the counters.</summary>
internal sealed record NetworkTelemetry(TimeProvider Time, ILogger Logger, NetworkMetrics Metrics)
{
    /// <summary>How often the same complaint that any stranger can cause is written.</summary>
    public static readonly TimeSpan ComplaintInterval = TimeSpan.FromSeconds(10);

    /// <summary>Complaints of clients that speak another protocol.</summary>
    public LogRate ForeignClients { get; } = new(Time, ComplaintInterval);

    /// <summary>Complaints of clients that were turned away.</summary>
    public LogRate Refusals { get; } = new(Time, ComplaintInterval);

    /// <summary>Complaints of clients that were cut because replies held too much memory.</summary>
    public LogRate SlowReaders { get; } = new(Time, ComplaintInterval);

    /// <summary>Complaints that clients are held back.</summary>
    public LogRate Waits { get; } = new(Time, ComplaintInterval);
}
