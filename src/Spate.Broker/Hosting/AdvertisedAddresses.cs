using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;

namespace Spate.Broker.Hosting;

/// <summary>
/// What clients of each listener are told to connect to, and whether they can: the commonest reason why a client that reaches a broker
/// hangs all the same is that the address it is told leads nowhere.
/// </summary>
internal static class AdvertisedAddresses
{
    private static readonly TimeSpan LookUpPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The address to tell: that of <c>advertised.listeners</c>, else the one that is listened on, with the port that was really taken; a
    /// listener on every interface is told by this machine's name.
    /// </summary>
    public static ListenerAddress Of(ListenerAddress listener, int port, IReadOnlyList<ListenerAddress> advertised)
    {
        if (advertised.FirstOrDefault(other => other.Name == listener.Name) is { } given)
        {
            return given with { Port = given.Port == 0 ? port : given.Port };
        }

        return new ListenerAddress(listener.Name, IsEveryInterface(listener.Host) ? Dns.GetHostName() : listener.Host, port);
    }

    /// <summary>Says what clients are told, and warns where that looks wrong. Looking a name up may take long, so nobody waits for it.</summary>
    public static async Task TellAsync(ListenerAddress listener, ListenerAddress told, TimeProvider clock, ILogger logger, CancellationToken stopping)
    {
        logger.Advertised(listener.ToString(), told.Host, told.Port);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(told.Host, stopping).WaitAsync(LookUpPatience, clock, stopping);
            if (IsEveryInterface(listener.Host) && addresses.Length > 0 && addresses.All(IPAddress.IsLoopback))
            {
                logger.AdvertisedIsLoopback(listener.ToString(), told.Host, listener.Name);
            }
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException or ArgumentException)
        {
            logger.AdvertisedNotFound(told.Host, listener.Name, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // The broker stops; nobody needs to know any more.
        }
    }

    private static bool IsEveryInterface(string host) =>
        host.Length == 0 || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
