using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Spate.Client;
using Spate.Client.Administration;

namespace Spate.Cli.Bench.Processes;

/// <summary>The brokers' processes as far as they can be seen from here.</summary>
/// <param name="Seen">Those that run on this machine and were found.</param>
/// <param name="Missing">Why others are left out, in a sentence; null when none are.</param>
internal sealed record BrokerProcesses(IReadOnlyList<LocalProcess> Seen, string? Missing)
{
    /// <summary>Looks for the processes behind the addresses that the cluster names to its clients.</summary>
    public static async Task<BrokerProcesses> FindAsync(Admin admin, ProcFiles files, CancellationToken cancellation)
    {
        var brokers = (await admin.Cluster.DescribeAsync(cancellationToken: cancellation)).Brokers.Select(static broker => broker.Address).ToList();
        if (!files.AreThere)
        {
            return new BrokerProcesses([], "Brokers are not measured: only Linux tells of other processes in /proc.");
        }

        var own = OwnAddresses();
        var (local, remote) = (new List<ServerAddress>(), new List<ServerAddress>());
        foreach (var broker in brokers)
        {
            (await IsLocalAsync(broker.Host, own, cancellation) ? local : remote).Add(broker);
        }

        return Of(ListeningProcesses.Find(files, [.. local.Select(static broker => broker.Port)]), local, remote, Environment.ProcessId);
    }

    /// <summary>Puts into words who is missing.</summary>
    internal static BrokerProcesses Of(IReadOnlyList<LocalProcess> found, IReadOnlyList<ServerAddress> local, IReadOnlyList<ServerAddress> remote, int ownId)
    {
        var seen = found.Where(process => process.Id != ownId).ToList();
        var reasons = new List<string>();
        if (remote.Count > 0)
        {
            reasons.Add($"{string.Join(", ", remote)} {(remote.Count == 1 ? "is" : "are")} on another machine; run this where the broker runs");
        }

        if (found.Count > seen.Count)
        {
            reasons.Add("the broker runs in this very process");
        }
        else if (seen.Count < local.Count)
        {
            reasons.Add($"nobody who listens on {string.Join(", ", local)} can be seen from here; run this as the broker's user or as root, and in its container");
        }

        return new BrokerProcesses(seen, reasons.Count == 0 ? null : $"{(seen.Count == 0 ? "The broker is" : "Some brokers are")} not measured: {string.Join("; ", reasons)}.");
    }

    private static HashSet<IPAddress> OwnAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static network => network.GetIPProperties().UnicastAddresses).Select(static address => address.Address)];

    private static async Task<bool> IsLocalAsync(string host, HashSet<IPAddress> own, CancellationToken cancellation)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancellation)).Any(address => IPAddress.IsLoopback(address) || own.Contains(address));
        }
        catch (SocketException)
        {
            // A name that leads nowhere is told by whoever connects to it.
            return false;
        }
    }
}
