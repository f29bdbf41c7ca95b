using Microsoft.Extensions.Logging;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Shares.Partitions;

/// <summary>What every shared partition of this node needs.</summary>
/// <param name="States">Where it is kept what became of records.</param>
/// <param name="Settings">What is set for groups.</param>
/// <param name="Clock">Measures locks.</param>
/// <param name="Work">Owns what nobody awaits.</param>
/// <param name="Metrics">Where it is counted.</param>
/// <param name="Logger">Told what an operator must know.</param>
internal sealed record SharedParts(
    ShareStateAccess States, ConfiguredShares Settings, TimeProvider Clock, OwnedWork Work, ShareMetrics Metrics, ILogger Logger);
