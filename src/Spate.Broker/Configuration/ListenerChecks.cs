using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Configuration;

/// <summary>Listeners, what they speak and what is told of them, seen together.</summary>
internal static class ListenerChecks
{
    private static readonly string[] Protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

    /// <summary>The listeners to open and the addresses to tell clients. Those of controllers are neither: a quorum of one needs none.</summary>
    public static (IReadOnlyList<ListenerAddress> Listeners, IReadOnlyList<ListenerAddress> Advertised) Check(
        ConfigValues values, ICollection<string> faults, ICollection<string> warnings)
    {
        var before = faults.Count;
        var controllers = values.Get(NodeKeys.ControllerListenerNames).Select(name => name.ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        var protocols = ReadMap(values, faults);
        var listeners = Addresses(values, NetworkKeys.Listeners, faults);
        var advertised = Addresses(values, NetworkKeys.AdvertisedListeners, faults);
        if (faults.Count > before)
        {
            // What cannot be read cannot be held against the rest: all that it would seem to lack is there once it is mended.
            return ([], []);
        }

        foreach (var address in listeners.Where(address => controllers.Contains(address.Name)))
        {
            warnings.Add($"The listener {address} is one of controllers and is not opened: a quorum of one node has nobody to speak to.");
        }

        if (listeners.Count == 0)
        {
            faults.Add("listeners= names no listener, so nobody could connect.");
        }
        else if (listeners.TrueForAll(address => controllers.Contains(address.Name)))
        {
            faults.Add($"listeners={string.Join(',', listeners)} names only listeners of controllers, so no client could connect.");
        }

        var opened = listeners.Where(address => !controllers.Contains(address.Name)).ToList();
        opened.ForEach(address => CheckOpened(address, protocols, faults));
        foreach (var address in advertised.Where(address => !listeners.Exists(listener => listener.Name == address.Name) && !controllers.Contains(address.Name)))
        {
            faults.Add($"advertised.listeners={address} has no listener of the name {address.Name}.");
        }

        var told = advertised.Where(address => !controllers.Contains(address.Name)).ToList();
        ListenerHosts.Check(opened, told, faults);

        if (values.Get(NetworkKeys.InterBrokerListenerName) is { Length: > 0 } between && !opened.Exists(address => address.Name.Equals(between, StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add($"inter.broker.listener.name={between} is none of the names in listeners.");
        }

        return (opened, told);
    }

    private static void CheckOpened(ListenerAddress address, Dictionary<string, string> protocols, ICollection<string> faults)
    {
        if (!protocols.TryGetValue(address.Name, out var protocol))
        {
            faults.Add($"listeners={address} has a name that listener.security.protocol.map does not know; add {address.Name}:PLAINTEXT there.");
        }
        else if (protocol != "PLAINTEXT")
        {
            faults.Add($"listeners={address} asks for the protocol {protocol}; PLAINTEXT is the only one that this version has, security comes with a later one.");
        }
    }

    private static Dictionary<string, string> ReadMap(ConfigValues values, ICollection<string> faults)
    {
        var key = NetworkKeys.ListenerSecurityProtocolMap;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (values.Get(key) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                faults.Add($"{key.Name}={entry} is not of the form NAME:PROTOCOL.");
                continue;
            }

            var (name, protocol) = (entry[..colon].Trim().ToUpperInvariant(), entry[(colon + 1)..].Trim().ToUpperInvariant());
            if (!Protocols.Contains(protocol))
            {
                faults.Add($"{key.Name}={entry} names a protocol that there is not; it must be one of {string.Join(", ", Protocols)}.");
            }
            else if (!map.TryAdd(name, protocol))
            {
                faults.Add($"{key.Name}={entry} repeats the name {name}.");
            }
        }

        return map;
    }

    private static List<ListenerAddress> Addresses(ConfigValues values, ConfigKey<IReadOnlyList<string>> key, ICollection<string> faults)
    {
        var addresses = new List<ListenerAddress>();
        foreach (var text in values.Get(key))
        {
            if (!ListenerAddress.TryParse(text, out var address))
            {
                faults.Add($"{key.Name}={text} is not of the form NAME://host:port.");
            }
            else if (addresses.Exists(other => other.Name == address.Name))
            {
                faults.Add($"{key.Name}={text} repeats the name {address.Name}.");
            }
            else
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }
}
