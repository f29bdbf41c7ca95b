using System.Net;
using System.Net.Sockets;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Doctor;

/// <summary>Whether this machine reaches every address that the cluster tells its clients. All are tried at once: one that does not answer holds up no other.</summary>
internal sealed class AddressCheck(ClusterCall call, Diagnosis diagnosis)
{
    /// <returns>The brokers that answer, and whether one of all is on this machine.</returns>
    public async Task<(IReadOnlyList<BrokerDescription> Reached, bool HasLocal)> RunAsync(ClusterDescription cluster)
    {
        var own = OwnAddresses();
        var isBootstrapLocal = await IsAnyLocalAsync(call.Client.Options.BootstrapServers, own);
        var results = await Task.WhenAll(cluster.Brokers.Select(async broker =>
        {
            var findings = new Diagnosis();
            var isLoopbackFine = isBootstrapLocal && cluster.Brokers.All(other => other.Address.Host == broker.Address.Host);
            return (broker, findings, result: await new BrokerAddressCheck(call, broker, findings).RunAsync(own, isLoopbackFine));
        }));
        foreach (var (_, findings, _) in results)
        {
            diagnosis.Add(findings);
        }

        diagnosis.Looked($"{cluster.Brokers.Count} advertised addresses");
        return ([.. results.Where(static each => each.result.IsReached).Select(static each => each.broker)], results.Any(static each => each.result.IsHere));
    }

    private static HashSet<IPAddress> OwnAddresses() =>
        [.. System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().SelectMany(static network => network.GetIPProperties().UnicastAddresses).Select(static address => address.Address)];

    private async Task<bool> IsAnyLocalAsync(string servers, HashSet<IPAddress> own)
    {
        foreach (var server in servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var host = server[..Math.Max(0, server.LastIndexOf(':'))].Trim('[', ']');
            try
            {
                if ((await Dns.GetHostAddressesAsync(host, call.Cancellation)).Any(own.Contains))
                {
                    return true;
                }
            }
            catch (SocketException)
            {
                // The cluster answered by another one of them.
            }
        }

        return false;
    }
}
