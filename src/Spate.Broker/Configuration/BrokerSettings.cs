using System.Net;

namespace Spate.Broker.Configuration;

/// <summary>The settings of one broker, read once from what was given. Immutable.</summary>
public sealed class BrokerSettings
{
    private BrokerSettings(ConfigValues values) => Values = values;

    /// <summary>What was given.</summary>
    public ConfigValues Values { get; }

    public int NodeId => Values.Get(BrokerKeys.NodeId);

    public required IReadOnlyList<ListenerAddress> Listeners { get; init; }

    /// <summary>The addresses that clients are told; empty when they are those of the listeners.</summary>
    public required IReadOnlyList<ListenerAddress> AdvertisedListeners { get; init; }

    /// <summary>Absolute paths.</summary>
    public required IReadOnlyList<string> LogDirs { get; init; }

    public bool AutoCreateTopics => Values.Get(BrokerKeys.AutoCreateTopics);

    public int FetchMaxBytes => Values.Get(BrokerKeys.FetchMaxBytes);

    /// <summary>
    /// Makes settings of values, or tells every fault that only shows when values are seen together, a sentence each.
    /// </summary>
    public static BrokerSettings? TryCreate(ConfigValues values, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(faults);
        var before = faults.Count;
        var listeners = Addresses(values, BrokerKeys.Listeners, faults);
        var advertised = Addresses(values, BrokerKeys.AdvertisedListeners, faults);
        if (listeners.Count == 0)
        {
            faults.Add("listeners= names no listener, so nobody could connect.");
        }

        foreach (var address in listeners)
        {
            if (address.Name != "PLAINTEXT")
            {
                faults.Add($"listeners={address} asks for the protocol {address.Name}; PLAINTEXT is the only one that this version has.");
            }

            if (address.Host.Length > 0 && address.Host != "localhost" && !IPAddress.TryParse(address.Host, out _))
            {
                faults.Add($"listeners={address} must give the address of one of this machine's interfaces, or none for all of them; a name belongs into advertised.listeners.");
            }
        }

        foreach (var address in advertised.Where(address => !listeners.Any(listener => listener.Name == address.Name)))
        {
            faults.Add($"advertised.listeners={address} has no listener of the name {address.Name}.");
        }

        foreach (var address in advertised.Where(address => address.Host.Length == 0 || address.Host is "0.0.0.0" or "::"))
        {
            faults.Add($"advertised.listeners={address} must name a host that clients can connect to.");
        }

        var directories = values.Get(BrokerKeys.LogDirs);
        if (directories.Count == 0)
        {
            faults.Add("log.dirs= names no directory, so there is nowhere to keep the logs.");
        }

        return faults.Count > before ? null : new BrokerSettings(values)
        {
            Listeners = listeners,
            AdvertisedListeners = advertised,
            LogDirs = [.. directories.Select(Path.GetFullPath)],
        };
    }

    /// <summary>Says in one sentence what is wrong with a topic's setting, or returns null when nothing is.</summary>
    public static string? TopicConfigFault(string name, string? value)
    {
        var key = TopicKeys.All.FirstOrDefault(key => key.Name == name);
        if (key is null)
        {
            return $"'{name}' is not a setting of a topic.";
        }

        return value is null ? $"{name} is given without a value."
            : key.Fault(value) is { } fault ? $"{name}={value} {fault}."
            : null;
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
