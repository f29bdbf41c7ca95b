using Spate.Metadata.Images;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>What <see cref="ClientTelemetry"/> goes by.</summary>
public sealed record ClientTelemetryOptions
{
    /// <summary>Gives the settings as they are now.</summary>
    public required Func<ConfigsImage> Configs { get; init; }

    /// <summary>Gives <c>telemetry.max.bytes</c> as it is now.</summary>
    public required Func<int> BytesMax { get; init; }

    /// <summary>Makes ids for clients that have none.</summary>
    public required Random Random { get; init; }

    /// <summary>Told of a subscription that cannot be understood, with the reason.</summary>
    public Action<string, string> OnFault { get; init; } = static (_, _) => { };

    /// <summary>Clients that are remembered; Kafka's bound is 16384. Beyond, those that were not heard of longest are forgotten.</summary>
    public int InstancesMax { get; init; } = 16384;

    /// <summary>Values that are kept over all clients; beyond, new ones are only counted.</summary>
    public int ValuesMax { get; init; } = 65536;

    /// <summary>Values that are kept of one client.</summary>
    public int ValuesOfClientMax { get; init; } = 2048;
}
