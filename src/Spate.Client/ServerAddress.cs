using System.Globalization;

namespace Spate.Client;

/// <summary>Where a broker can be reached.</summary>
/// <param name="Host">A name, or an address of IP version 4 or 6 (without brackets).</param>
/// <param name="Port">From 1 to 65535.</param>
public readonly record struct ServerAddress(string Host, int Port)
{
    /// <summary>Reads a list such as <c>one:9092,two:9092,[::1]:9092</c>; faults go to <paramref name="faults"/>, a sentence each.</summary>
    internal static List<ServerAddress> ParseList(string text, ICollection<string> faults)
    {
        var addresses = new List<ServerAddress>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(entry, out var address))
            {
                faults.Add($"BootstrapServers: '{entry}' is not of the form host:port with a port from 1 to 65535 (an IPv6 address stands in brackets).");
            }
            else if (!addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count == 0 && faults.Count == 0)
        {
            faults.Add("BootstrapServers names no broker; give at least one as host:port.");
        }

        return addresses;
    }

    /// <summary>As Kafka writes it: <c>host:port</c>, with brackets around an address of IP version 6.</summary>
    public override string ToString() => Host?.Contains(':', StringComparison.Ordinal) == true
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static bool TryParse(string text, out ServerAddress address)
    {
        address = default;

        // A protocol in front, as listeners are written, is understood and means nothing here.
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? text : text[(scheme + 3)..];
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return false;
        }

        var host = rest[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!isBracketed && host.AsSpan().ContainsAny(":[] /"))
        {
            return false;
        }

        host = isBracketed ? host[1..^1] : host;
        if (host.Length == 0)
        {
            return false;
        }

        address = new ServerAddress(host, port);
        return true;
    }
}
