using Microsoft.Extensions.Logging;

namespace Spate.Broker.Network;

/// <summary>What watches the network: the clock, the log and the counters.</summary>
internal sealed record NetworkTelemetry(TimeProvider Time, ILogger Logger, NetworkMetrics Metrics);
