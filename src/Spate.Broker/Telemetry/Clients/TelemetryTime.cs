namespace Spate.Broker.Telemetry.Clients;

/// <summary>The time by which clients are told to come back: one that does not go back when somebody sets the clock.</summary>
internal static class TelemetryTime
{
    /// <summary>Now, in milliseconds since some moment.</summary>
    public static long Now(TimeProvider clock) => (long)clock.GetElapsedTime(0).TotalMilliseconds;
}
