using Spate.Protocol;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>The latest values of one client, as they were at a moment. Immutable.</summary>
/// <param name="InstanceId">The client's instance id.</param>
/// <param name="Client">Who it is.</param>
/// <param name="Values">What it pushed.</param>
public sealed record TelemetryReading(Uuid InstanceId, TelemetryClient Client, IReadOnlyDictionary<TelemetryKey, TelemetryValue> Values);
