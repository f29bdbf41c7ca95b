using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Network;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Hosting;

/// <summary>The listeners of a broker: bound together, started together, stopped together. Used by one thread at a time.</summary>
internal sealed class ListenerSet : IAsyncDisposable
{
    /// <summary>The listener that brokers come by unless another is named: that of their default protocol.</summary>
    private const string InterBrokerListenerDefault = "PLAINTEXT";

    private readonly DeferredDispatcher _dispatcher = new();
    private readonly List<(ListenerAddress Address, Listener Listener)> _all = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly BrokerEnvironment _environment;
    private readonly ILogger _logger;
    private Task _telling = Task.CompletedTask;

    private ListenerSet(BrokerEnvironment environment)
    {
        _environment = environment;
        _logger = environment.Logging.CreateLogger<ListenerSet>();
    }

    /// <summary>The addresses that clients reach, in the order of the settings.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _all.Select(each => each.Listener.EndPoint)];

    /// <summary>Takes every address of the settings, or none.</summary>
    /// <exception cref="BrokerStartException">One of them cannot be had.</exception>
    public static async Task<ListenerSet> BindAsync(BrokerSettings settings, BrokerEnvironment environment, ListenerMetrics metrics)
    {
        var set = new ListenerSet(environment);
        try
        {
            var connections = new ConnectionSettings(settings, set._logger);
            connections.Check();
            var share = new NetworkShare(
                new FrameMemory(new FrameBufferPool(), new MemoryBudget(settings.Values.Get(BrokerKeys.QueuedMaxRequestBytes))),
                new ConnectionQuotas(environment.Clock, connections.Bounds),
                new RequestGate(settings.Values.Get(ConnectionKeys.QueuedMaxRequests)));
            metrics.Publish(share.Memory.Budget);
            foreach (var address in settings.Listeners)
            {
                set._all.Add((address, set.Bind(await OptionsAsync(settings, address, connections), address, share, metrics.Of(address.Name))));
            }

            return set;
        }
        catch (ListenerBindException failure)
        {
            await set.DisposeAsync();
            throw new BrokerStartException($"{failure.Message}. Stop what listens there, or choose another address with --set listeners=...", failure);
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>The addresses to tell clients, a listener each.</summary>
    public IEnumerable<ListenerAddress> Advertised(BrokerSettings settings) =>
        _all.Select(each => AdvertisedAddresses.Of(each.Address, each.Listener.EndPoint.Port, settings.AdvertisedListeners));

    /// <summary>Begins to answer clients, and says what they are told to connect to.</summary>
    public void Start(IRequestDispatcher dispatcher, BrokerSettings settings)
    {
        _dispatcher.Become(dispatcher);
        foreach (var (_, listener) in _all)
        {
            listener.Start();
        }

        _telling = Task.WhenAll(_all.Zip(Advertised(settings), (each, told) =>
            AdvertisedAddresses.TellAsync(each.Address, told, _environment.Clock, _logger, _stopping.Token)));
    }

    /// <summary>Stops accepting, answers what was accepted, closes; tells how many connections had to be cut.</summary>
    public async Task<int> StopAsync(TimeSpan gracePeriod)
    {
        await _stopping.CancelAsync();
        var cut = await Task.WhenAll(_all.Select(each => each.Listener.StopAsync(gracePeriod)));
        return cut.Sum();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var (_, listener) in _all)
        {
            await listener.DisposeAsync();
        }

        await _telling;
    }

    private static async Task<ListenerOptions> OptionsAsync(BrokerSettings settings, ListenerAddress address, ConnectionSettings connections)
    {
        var idle = settings.Values.Get(BrokerKeys.ConnectionsMaxIdleMs);
        var interBroker = settings.Values.Get(NetworkKeys.InterBrokerListenerName) ?? InterBrokerListenerDefault;
        return new ListenerOptions
        {
            Name = address.Name,
            EndPoint = new IPEndPoint(await InterfaceAsync(address), address.Port),
            BacklogSize = settings.Values.Get(BrokerKeys.ListenBacklog),
            SendBufferBytes = settings.Values.Get(BrokerKeys.SocketSendBufferBytes),
            ReceiveBufferBytes = settings.Values.Get(BrokerKeys.SocketReceiveBufferBytes),
            IsInterBroker = address.Name.Equals(interBroker, StringComparison.OrdinalIgnoreCase),
            Bounds = () => connections.BoundsOf(address.Name),
            Limits = new ConnectionLimits
            {
                RequestBytesMax = settings.Values.Get(BrokerKeys.SocketRequestMaxBytes),
                IdleTimeout = idle <= 0 || idle >= TimeSpan.MaxValue.TotalMilliseconds ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(idle),
            },
        };
    }

    /// <summary>The address to bind. A host that is not said means every interface, by both versions of IP where this machine has them.</summary>
    private static async Task<IPAddress> InterfaceAsync(ListenerAddress listener)
    {
        if (listener.Host.Length == 0)
        {
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        if (listener.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback;
        }

        if (IPAddress.TryParse(listener.Host, out var given))
        {
            return given;
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(listener.Host);
            return addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
                ?? addresses.FirstOrDefault()
                ?? throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException failure)
        {
            throw new BrokerStartException(
                $"Listener {listener.Name} cannot listen on '{listener.Host}', which cannot be looked up: {failure.Message}. Give the address of one of this machine's interfaces with --set listeners=..., or none for all of them", failure);
        }
    }

    private Listener Bind(ListenerOptions options, ListenerAddress address, NetworkShare share, NetworkMetrics metrics)
    {
        try
        {
            return Bind(options, share, metrics);
        }
        catch (ListenerBindException failure) when (address.Host.Length == 0 && failure.IsForWantOfTheFamily)
        {
            // A machine whose kernel knows version 6 of IP may still have it switched off.
            return Bind(options with { EndPoint = new IPEndPoint(IPAddress.Any, address.Port) }, share, metrics);
        }
    }

    private Listener Bind(ListenerOptions options, NetworkShare share, NetworkMetrics metrics) => Listener.Bind(
        options, _dispatcher, share, metrics, _environment.Clock, _environment.Logging.CreateLogger<Listener>());
}
