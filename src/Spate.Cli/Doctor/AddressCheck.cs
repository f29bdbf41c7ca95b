using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Cli.Doctor;

/// <summary>Whether this machine reaches every address that the cluster tells its clients: the name, the connection, the protocol, and the right broker behind it.</summary>
internal sealed class AddressCheck(ClusterCall call, Diagnosis diagnosis)
{
    private static readonly string[] IdSettings = ["node.id", "broker.id"];

    /// <returns>The brokers that answer, and whether one of all is on this machine.</returns>
    public async Task<(IReadOnlyList<BrokerDescription> Reached, bool HasLocal)> RunAsync(ClusterDescription cluster)
    {
        var own = OwnAddresses();
        var isBootstrapLocal = await IsAnyLocalAsync(call.Client.Options.BootstrapServers, own);
        var hasLocal = false;
        var reached = new List<BrokerDescription>();
        foreach (var broker in cluster.Brokers)
        {
            var addresses = await ResolveAsync(broker);
            if (addresses.Length == 0)
            {
                continue;
            }

            var isLoopback = Array.TrueForAll(addresses, IPAddress.IsLoopback);
            hasLocal |= Array.Exists(addresses, address => own.Contains(address));
            if (isLoopback && (!isBootstrapLocal || cluster.Brokers.Count(other => other.Address.Host == broker.Address.Host) < cluster.Brokers.Count))
            {
                diagnosis.Add(
                    Severity.Error, NameOf(broker), $"it tells clients to come to {broker.Address}, which on every machine is that machine itself",
                    "Clients on other machines connect to themselves instead of the broker.", $"Set advertised.listeners of broker {broker.Id} to a name that clients can resolve, and restart it.");
            }

            if (await ConnectsAsync(broker, addresses) && await AnswersAsync(broker))
            {
                reached.Add(broker);
            }
        }

        diagnosis.Looked($"{cluster.Brokers.Count} advertised addresses");
        return (reached, hasLocal);
    }

    private async Task<IPAddress[]> ResolveAsync(BrokerDescription broker)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(broker.Address.Host, call.Cancellation);
        }
        catch (SocketException failure)
        {
            diagnosis.Add(
                Severity.Error, NameOf(broker), $"the name {broker.Address.Host} cannot be resolved here ({failure.Message})",
                "Clients begin with the bootstrap server and go on with the addresses that it names; this one leads nowhere.",
                $"getent hosts {broker.Address.Host}   # then correct DNS or /etc/hosts, or advertised.listeners of broker {broker.Id}");
            return [];
        }
    }

    private async Task<bool> ConnectsAsync(BrokerDescription broker, IPAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation);
            bound.CancelAfter(call.Timeout);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, broker.Address.Port), bound.Token);
            }
            catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !call.Cancellation.IsCancellationRequested))
            {
                var seen = failure is SocketException ? failure.Message : string.Create(CultureInfo.InvariantCulture, $"no answer within {call.Timeout.TotalSeconds:0.#} s");
                var isOnly = addresses.Length == 1;
                diagnosis.Add(
                    isOnly ? Severity.Error : Severity.Warning, NameOf(broker), $"{address} port {broker.Address.Port} cannot be connected to: {seen}",
                    isOnly ? "Clients cannot read or write what this broker leads." : "Clients that try this address first wait for it in vain before they try the next.",
                    $"nc -vz {address} {broker.Address.Port}   # then look at firewalls, port mappings and the broker's listeners");
                if (isOnly)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Asks the broker for settings of its own: one that has another id refuses, or names it.</summary>
    private async Task<bool> AnswersAsync(BrokerDescription broker)
    {
        var resource = ConfigResource.Broker(broker.Id);
        var answer = (await call.Client.Admin.Configs.DescribeAsync([resource], cancellationToken: call.Cancellation))[resource];
        switch (answer.Error)
        {
            case { ErrorCode: ErrorCode.ClusterAuthorizationFailed }:
                return true; // It speaks Kafka; who it is this client may not ask.
            case { ErrorCode: ErrorCode.InvalidRequest } refused:
                return IsAnother(broker, $"another broker, which says: {refused.Message}");
            case { } failure:
                diagnosis.Add(Severity.Error, NameOf(broker), $"it is connected to and gives no answer that can be used: {failure.Message}", "What listens there may be no Kafka broker, or want TLS or a login.", "Check security.protocol in the properties file that --config names, and the broker's log.");
                return false;
        }

        var actual = IdSettings.Select(key => answer.Value.GetValueOrDefault(key)?.Value).FirstOrDefault(static value => int.TryParse(value, CultureInfo.InvariantCulture, out var id) && id >= 0);
        return actual is null || actual == broker.Id.ToString(CultureInfo.InvariantCulture) || IsAnother(broker, $"broker {actual}");
    }

    private bool IsAnother(BrokerDescription broker, string who)
    {
        diagnosis.Add(
            Severity.Error, NameOf(broker), $"behind {broker.Address} is {who}", "Clients send this broker's work to another one, which refuses it, and they ask for ever where to go.",
            $"Look which broker listens at {broker.Address}, and correct advertised.listeners of broker {broker.Id}.");
        return false;
    }

    private static string NameOf(BrokerDescription broker) => $"broker {broker.Id}";

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
