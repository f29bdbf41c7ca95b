using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Network;

namespace Spate.Broker.Hosting;

/// <summary>
/// The bounds on connections as the settings give them at the moment of asking, so that a change holds for the next connection. Names of
/// hosts are looked up once for each value of their setting. Safe for use by several threads at once.
/// </summary>
internal sealed class ConnectionSettings(BrokerSettings settings, ILogger logger)
{
    private volatile Resolved _resolved = new(ConnectionKeys.MaxConnectionsPerIpOverrides.Default, []);

    /// <summary>What holds for the broker.</summary>
    public ConnectionBounds Bounds() => new()
    {
        ConnectionsMax = settings.Values.Get(ConnectionKeys.MaxConnections),
        CreationsPerSecondMax = settings.Values.Get(ConnectionKeys.MaxConnectionCreationRate),
        ConnectionsPerAddressMax = settings.Values.Get(ConnectionKeys.MaxConnectionsPerIp),
        AddressOverrides = Overrides(),
    };

    /// <summary>What holds for a listener.</summary>
    public ListenerBounds BoundsOf(string listenerName) => new(
        settings.Values.Get(ConnectionKeys.MaxConnections, listenerName),
        settings.Values.Get(ConnectionKeys.MaxConnectionCreationRate, listenerName));

    /// <summary>Looks all hosts up, so that one that is not to be found shows at the start.</summary>
    /// <exception cref="BrokerStartException">A host is not to be found.</exception>
    public void Check()
    {
        foreach (var (host, _) in Given)
        {
            try
            {
                Dns.GetHostAddresses(host);
            }
            catch (SocketException failure)
            {
                throw new BrokerStartException(
                    $"{ConnectionKeys.MaxConnectionsPerIpOverrides.Name} names the host '{host}', which cannot be looked up: {failure.Message}. Give its address, or take it out", failure);
            }
        }
    }

    private IReadOnlyDictionary<string, int> Given => settings.Values.Get(ConnectionKeys.MaxConnectionsPerIpOverrides);

    private Dictionary<IPAddress, int> Overrides()
    {
        // Values are read once and kept, so another object is another value.
        var given = Given;
        var resolved = _resolved;
        if (!ReferenceEquals(given, resolved.Given))
        {
            _resolved = resolved = new Resolved(given, LookUp(given));
        }

        return resolved.Counts;
    }

    private Dictionary<IPAddress, int> LookUp(IReadOnlyDictionary<string, int> overrides)
    {
        var counts = new Dictionary<IPAddress, int>();
        foreach (var (host, count) in overrides)
        {
            try
            {
                foreach (var address in Dns.GetHostAddresses(host))
                {
                    counts[address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address] = count;
                }
            }
            catch (SocketException failure)
            {
                logger.OverrideNotFound(ConnectionKeys.MaxConnectionsPerIpOverrides.Name, host, failure.Message);
            }
        }

        return counts;
    }

    private sealed record Resolved(IReadOnlyDictionary<string, int> Given, Dictionary<IPAddress, int> Counts);
}
