using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Cli.Doctor;

/// <summary>Whether this machine reaches the address that the cluster tells its clients for a broker: the name, the connection, the protocol, and the right broker behind it.</summary>
internal sealed class BrokerAddressCheck(ClusterCall call, BrokerDescription broker, Diagnosis diagnosis)
{
    private static readonly string[] IdSettings = ["node.id", "broker.id"];

    private string Name => $"broker {broker.Id}";

    /// <param name="own">This machine's addresses.</param>
    /// <param name="isLoopbackFine">Whether clients may be told to come to this machine, because the whole cluster is here.</param>
    /// <returns>Whether the broker answers, and whether it is on this machine.</returns>
    public async Task<(bool IsReached, bool IsHere)> RunAsync(IReadOnlySet<IPAddress> own, bool isLoopbackFine)
    {
        var addresses = await ResolveAsync();
        if (addresses.Length == 0)
        {
            return (false, false);
        }

        if (!isLoopbackFine && Array.TrueForAll(addresses, IPAddress.IsLoopback))
        {
            diagnosis.Add(
                Severity.Error, Name, $"it tells clients to come to {broker.Address}, which on every machine is that machine itself",
                "Clients on other machines connect to themselves instead of the broker.", $"Set advertised.listeners of broker {broker.Id} to a name that clients can resolve, and restart it.");
        }

        return (await ConnectsAsync(addresses) && await AnswersAsync(), Array.Exists(addresses, own.Contains));
    }

    private async Task<IPAddress[]> ResolveAsync()
    {
        try
        {
            return await Dns.GetHostAddressesAsync(broker.Address.Host, call.Cancellation);
        }
        catch (SocketException failure)
        {
            diagnosis.Add(
                Severity.Error, Name, $"the name {broker.Address.Host} cannot be resolved here ({failure.Message})",
                "Clients begin with the bootstrap server and go on with the addresses that it names; this one leads nowhere.",
                $"getent hosts {broker.Address.Host}   # then correct DNS or /etc/hosts, or advertised.listeners of broker {broker.Id}");
            return [];
        }
    }

    private async Task<bool> ConnectsAsync(IPAddress[] addresses)
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
                    isOnly ? Severity.Error : Severity.Warning, Name, $"{address} port {broker.Address.Port} cannot be connected to: {seen}",
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
    private async Task<bool> AnswersAsync()
    {
        var resource = ConfigResource.Broker(broker.Id);
        var answer = (await call.Client.Admin.Configs.DescribeAsync([resource], cancellationToken: call.Cancellation))[resource];
        switch (answer.Error)
        {
            case { ErrorCode: ErrorCode.ClusterAuthorizationFailed }:
                return true; // It speaks Kafka; who it is this client may not ask.
            case { ErrorCode: ErrorCode.InvalidRequest } refused:
                return IsAnother($"another broker, which says: {refused.Message}");
            case { } failure:
                diagnosis.Add(Severity.Error, Name, $"it is connected to and gives no answer that can be used: {failure.Message}", "What listens there may be no Kafka broker, or want TLS or a login.", "Check security.protocol in the properties file that --config names, and the broker's log.");
                return false;
        }

        var actual = IdSettings.Select(key => answer.Value.GetValueOrDefault(key)?.Value).FirstOrDefault(static value => int.TryParse(value, CultureInfo.InvariantCulture, out var id) && id >= 0);
        return actual is null || actual == broker.Id.ToString(CultureInfo.InvariantCulture) || IsAnother($"broker {actual}");
    }

    private bool IsAnother(string who)
    {
        diagnosis.Add(
            Severity.Error, Name, $"behind {broker.Address} is {who}", "Clients send this broker's work to another one, which refuses it, and they ask for ever where to go.",
            $"Look which broker listens at {broker.Address}, and correct advertised.listeners of broker {broker.Id}.");
        return false;
    }
}
