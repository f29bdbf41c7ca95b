using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Spate.Broker.Configuration;

/// <summary>One entry of <c>listeners</c> or <c>advertised.listeners</c>: a name, a host and a port.</summary>
/// <param name="Name">The listener's name, in capitals.</param>
/// <param name="Host">A host name or address; empty means every interface of this machine.</param>
/// <param name="Port">From 0 to 65535; 0 lets the system choose.</param>
public sealed record ListenerAddress(string Name, string Host, int Port)
{
    /// <summary>Reads <c>NAME://host:port</c>; an address of IP version 6 stands in brackets.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenerAddress? address)
    {
        address = null;
        ArgumentNullException.ThrowIfNull(text);
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > 65535)
        {
            return false;
        }

        var host = text[(scheme + 3)..colon];
        if (host.StartsWith('[') != host.EndsWith(']'))
        {
            return false;
        }

        address = new ListenerAddress(text[..scheme].ToUpperInvariant(), host.Trim('[', ']'), port);
        return true;
    }

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"{Name}://[{Host}]:{Port}" : $"{Name}://{Host}:{Port}";
}
