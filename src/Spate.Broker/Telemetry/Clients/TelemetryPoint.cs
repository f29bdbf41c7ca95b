namespace Spate.Broker.Telemetry.Clients;

/// <summary>One value in a push.</summary>
/// <param name="Key">Which figure it is of.</param>
/// <param name="Value">The value.</param>
/// <param name="IsSum">Whether it counts something.</param>
/// <param name="IsDelta">Whether it is what came to the sum since the push before.</param>
/// <param name="TimeMs">The client's time of it, in milliseconds since 1970.</param>
public readonly record struct TelemetryPoint(TelemetryKey Key, double Value, bool IsSum, bool IsDelta, long TimeMs);
