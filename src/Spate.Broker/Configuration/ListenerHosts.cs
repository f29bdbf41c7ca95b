using System.Net;
using System.Net.Sockets;

namespace Spate.Broker.Configuration;

/// <summary>What holds of the hosts and ports of listeners and advertised addresses when they are seen together.</summary>
internal static class ListenerHosts
{
    /// <summary>Adds a sentence for every rule that is broken.</summary>
    public static void Check(IReadOnlyList<ListenerAddress> listeners, IReadOnlyList<ListenerAddress> advertised, ICollection<string> faults)
    {
        for (var i = 0; i < listeners.Count; i++)
        {
            if (listeners[i].Host.Length > 0 && Uri.CheckHostName(listeners[i].Host) == UriHostNameType.Unknown)
            {
                faults.Add($"listeners={listeners[i]} names '{listeners[i].Host}', which is neither an address nor a host name; an empty host means every interface.");
            }

            for (var j = 0; j < i; j++)
            {
                if (listeners[i].Port == listeners[j].Port && listeners[i].Port != 0 && !AreOfBothFamilies(listeners[i], listeners[j]))
                {
                    faults.Add($"listeners={listeners[j]},{listeners[i]} have the same port; only an address of IP version 4 and one of version 6 may share one.");
                }
            }
        }

        foreach (var address in advertised)
        {
            if (address.Host is "" or "0.0.0.0" || (IPAddress.TryParse(address.Host, out var host) && host.Equals(IPAddress.IPv6Any)))
            {
                faults.Add($"advertised.listeners={address} must name a host that clients can connect to.");
            }
        }
    }

    private static bool AreOfBothFamilies(ListenerAddress one, ListenerAddress other) =>
        IPAddress.TryParse(one.Host, out var first)
        && IPAddress.TryParse(other.Host, out var second)
        && first.AddressFamily != second.AddressFamily
        && (first.AddressFamily == AddressFamily.InterNetwork || second.AddressFamily == AddressFamily.InterNetwork);
}
