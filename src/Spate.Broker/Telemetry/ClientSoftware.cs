namespace Spate.Broker.Telemetry;

/// <summary>What a client is made of, as it says itself (KIP-511).</summary>
/// <param name="Name">The library's name, <c>apache-kafka-java</c> for instance; "unknown" until the client has said it.</param>
/// <param name="Version">Its version.</param>
public sealed record ClientSoftware(string Name, string Version)
{
    public static ClientSoftware Unknown { get; } = new("unknown", "unknown");
}
