using System.Net;
using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Network;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Hosting;

/// <summary>The listeners of a broker: bound together, started together, stopped together. Used by one thread at a time.</summary>
internal sealed class ListenerSet : IAsyncDisposable
{
    private readonly DeferredDispatcher _dispatcher = new();
    private readonly List<(ListenerAddress Address, Listener Listener)> _all = [];

    private ListenerSet()
    {
    }

    /// <summary>The addresses that clients reach, in the order of the settings.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _all.Select(each => each.Listener.EndPoint)];

    /// <summary>Takes every address of the settings, or none.</summary>
    /// <exception cref="BrokerStartException">One of them cannot be had.</exception>
    public static async Task<ListenerSet> BindAsync(BrokerSettings settings, BrokerEnvironment environment, ListenerMetrics metrics)
    {
        var set = new ListenerSet();
        try
        {
            var memory = new FrameMemory(new FrameBufferPool(), new MemoryBudget(settings.Values.Get(BrokerKeys.QueuedMaxRequestBytes)));
            metrics.Publish(memory.Budget);
            foreach (var address in settings.Listeners)
            {
                var listener = Listener.Bind(
                    Options(settings, address), set._dispatcher, memory, metrics.Of(address.Name), environment.Clock, environment.Logging.CreateLogger<Listener>());
                set._all.Add((address, listener));
            }

            return set;
        }
        catch (ListenerBindException failure)
        {
            await set.DisposeAsync();
            throw new BrokerStartException($"{failure.Message}. Stop what listens there, or choose another address with --set listeners=...", failure);
        }
    }

    /// <summary>
    /// The addresses to tell clients: those of <c>advertised.listeners</c>, else those that are listened on, with the ports that were really
    /// taken; a listener on every interface is told by this machine's name.
    /// </summary>
    public IEnumerable<ListenerAddress> Advertised(BrokerSettings settings)
    {
        foreach (var (address, listener) in _all)
        {
            var advertised = settings.AdvertisedListeners.FirstOrDefault(other => other.Name == address.Name);
            var host = address.Host is "" or "0.0.0.0" or "::" ? Dns.GetHostName() : address.Host;
            yield return advertised is null
                ? new ListenerAddress(address.Name, host, listener.EndPoint.Port)
                : advertised with { Port = advertised.Port == 0 ? listener.EndPoint.Port : advertised.Port };
        }
    }

    /// <summary>Begins to answer clients.</summary>
    public void Start(IRequestDispatcher dispatcher)
    {
        _dispatcher.Become(dispatcher);
        foreach (var (_, listener) in _all)
        {
            listener.Start();
        }
    }

    /// <summary>Stops accepting, answers what was accepted, closes; tells how many connections had to be cut.</summary>
    public async Task<int> StopAsync(TimeSpan gracePeriod)
    {
        var cut = await Task.WhenAll(_all.Select(each => each.Listener.StopAsync(gracePeriod)));
        return cut.Sum();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, listener) in _all)
        {
            await listener.DisposeAsync();
        }
    }

    private static ListenerOptions Options(BrokerSettings settings, ListenerAddress address)
    {
        var idle = settings.Values.Get(BrokerKeys.ConnectionsMaxIdleMs);
        return new ListenerOptions
        {
            Name = address.Name,
            EndPoint = new IPEndPoint(Interface(address.Host), address.Port),
            BacklogSize = settings.Values.Get(BrokerKeys.ListenBacklog),
            SendBufferBytes = settings.Values.Get(BrokerKeys.SocketSendBufferBytes),
            ReceiveBufferBytes = settings.Values.Get(BrokerKeys.SocketReceiveBufferBytes),
            Limits = new ConnectionLimits
            {
                RequestBytesMax = settings.Values.Get(BrokerKeys.SocketRequestMaxBytes),
                IdleTimeout = idle <= 0 || idle >= TimeSpan.MaxValue.TotalMilliseconds ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(idle),
            },
        };
    }

    private static IPAddress Interface(string host) => host switch
    {
        "" => IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(host),
    };
}
