using System.Net;

namespace Spate.Broker.Network;

/// <summary>How many connections a broker lets in over all its listeners, and how fast. Immutable; by default there is no bound.</summary>
public sealed record ConnectionBounds
{
    private static readonly Dictionary<IPAddress, int> NoOverrides = [];

    /// <summary>No bound at all.</summary>
    public static ConnectionBounds None { get; } = new();

    /// <summary>Connections at once (<c>max.connections</c>), from 0. Further ones wait to be accepted.</summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    /// <summary>Connections let in within a second (<c>max.connection.creation.rate</c>), from 0. Further ones wait to be accepted.</summary>
    public int CreationsPerSecondMax { get; init; } = int.MaxValue;

    /// <summary>Connections at once from one address (<c>max.connections.per.ip</c>), from 0. Further ones are closed.</summary>
    public int ConnectionsPerAddressMax { get; init; } = int.MaxValue;

    /// <summary>Addresses with a bound of their own (<c>max.connections.per.ip.overrides</c>).</summary>
    public IReadOnlyDictionary<IPAddress, int> AddressOverrides { get; init; } = NoOverrides;

    /// <summary>The bound of one address.</summary>
    public int MaxOf(IPAddress address) => AddressOverrides.TryGetValue(address, out var own) ? own : ConnectionsPerAddressMax;
}
