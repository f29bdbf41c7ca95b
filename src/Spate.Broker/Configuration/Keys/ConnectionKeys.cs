using System.Globalization;

namespace Spate.Broker.Configuration.Keys;

/// <summary>The settings that bound how many connections and requests a broker takes in. Names and defaults are Kafka's.</summary>
public static class ConnectionKeys
{
    public static ConfigKey<int> MaxConnections { get; } = ConfigKey.Int(
        "max.connections", int.MaxValue, 0, int.MaxValue,
        "Connections that the broker has at once; further ones wait to be accepted. The listener of the brokers is let in above it, and the least recently used connection of another listener makes room. listener.name.NAME.max.connections bounds one listener.",
        ConfigUpdate.ClusterWide).PerListener();

    public static ConfigKey<int> MaxConnectionsPerIp { get; } = ConfigKey.Int(
        "max.connections.per.ip", int.MaxValue, 0, int.MaxValue,
        "Connections at once from one address; further ones are closed. 0 needs max.connections.per.ip.overrides, for nobody else could connect.",
        ConfigUpdate.ClusterWide);

    public static ConfigKey<IReadOnlyDictionary<string, int>> MaxConnectionsPerIpOverrides { get; } = new(
        "max.connections.per.ip.overrides", ConfigType.Text, new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase), "",
        "Addresses or host names with a bound of their own in place of max.connections.per.ip, as host:count, separated by commas. Names are looked up when the setting takes effect.",
        ConfigUpdate.ClusterWide, ParseOverrides);

    public static ConfigKey<int> MaxConnectionCreationRate { get; } = ConfigKey.Int(
        "max.connection.creation.rate", int.MaxValue, 0, int.MaxValue,
        "Connections that are let in within a second; further ones wait to be accepted, and 0 lets nobody in. The listener of the brokers is bounded by listener.name.NAME.max.connection.creation.rate only, which bounds any one listener.",
        ConfigUpdate.ClusterWide).PerListener();

    public static ConfigKey<int> QueuedMaxRequests { get; } = ConfigKey.Int(
        "queued.max.requests", 500, 1, int.MaxValue,
        "Requests that may be received and not yet handled as far as can be done at once, over all connections; beyond them connections are not read on.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
        [MaxConnections, MaxConnectionsPerIp, MaxConnectionsPerIpOverrides, MaxConnectionCreationRate, QueuedMaxRequests];

    /// <summary>Says in one sentence what is wrong with the settings seen together, or returns null when nothing is.</summary>
    public static string? Fault(ConfigValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Get(MaxConnectionsPerIp) == 0 && values.Get(MaxConnectionsPerIpOverrides).Count == 0
            ? $"{MaxConnectionsPerIp.Name}=0 lets nobody connect unless {MaxConnectionsPerIpOverrides.Name} names who may."
            : null;
    }

    /// <summary>
    /// Reads <c>host:count</c>. A host ends at the last colon, so that an address of IP version 6 needs no brackets and may have them.
    /// </summary>
    private static Parsed<IReadOnlyDictionary<string, int>> ParseOverrides(string text)
    {
        var overrides = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = entry.LastIndexOf(':');
            var host = colon < 0 ? "" : entry[..colon].Trim().Trim('[', ']');
            if (host.Length == 0
                || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var count))
            {
                return Wrong($"names '{entry}', which is not of the form host:count with a count from 0");
            }

            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            {
                return Wrong($"names '{host}', which is neither an address nor a host name");
            }

            if (!overrides.TryAdd(host, count))
            {
                return Wrong($"names '{host}' twice");
            }
        }

        return new Parsed<IReadOnlyDictionary<string, int>>(overrides, null);

        static Parsed<IReadOnlyDictionary<string, int>> Wrong(string fault) => Parsed<IReadOnlyDictionary<string, int>>.Wrong(fault);
    }
}
