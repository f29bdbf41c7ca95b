namespace Spate.Broker.Telemetry.Clients;

/// <summary>A figure that a client pushed.</summary>
/// <param name="Value">The value; for a sum that comes in differences, what they add up to since the client is known.</param>
/// <param name="IsSum">Whether it counts something, and is not a value of the moment.</param>
/// <param name="TimeMs">The client's time of it, in milliseconds since 1970.</param>
public readonly record struct TelemetryValue(double Value, bool IsSum, long TimeMs);
