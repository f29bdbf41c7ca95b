using System.Net;

namespace Spate.Broker.Network;

/// <summary>
/// The bounds on the connections of a broker, over all its listeners. A client over the bound of its address is turned away; where the
/// broker or the listener is full, or connections come too fast, the listener waits with one client in its hand and the others behind it in
/// the accept queue. The listener of the brokers is let in over the broker's bound, and the least recently used connection of the others
/// makes room. Safe for use by many threads.
/// </summary>
/// <remarks>
/// Bounds are asked for each connection, so a change holds for the next one. A listener that waits looks again when a connection ends, and
/// every <see cref="LookAgainInterval"/> for bounds that were raised meanwhile.
/// </remarks>
public sealed class ConnectionQuotas
{
    /// <summary>How often bounds are looked at while a listener waits.</summary>
    internal static readonly TimeSpan LookAgainInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Func<ConnectionBounds> _bounds;
    private readonly Lock _gate = new();
    private readonly List<ListenerQuota> _listeners = [];
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly CreationRate _rate;
    private int _total;
    private long _refused;

    /// <param name="time">The clock.</param>
    /// <param name="bounds">The broker's bounds, asked for each connection.</param>
    public ConnectionQuotas(TimeProvider time, Func<ConnectionBounds> bounds)
    {
        _time = time;
        _bounds = bounds;
        _rate = new CreationRate(time);
    }

    /// <summary>Connections that were let in and have not ended.</summary>
    public int Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Connections that were turned away so far, because their address had as many as it may.</summary>
    public long Refused
    {
        get
        {
            lock (_gate)
            {
                return _refused;
            }
        }
    }

    /// <summary>Listeners that hold a client back for want of room.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count(listener => listener.Waiting is not null);
            }
        }
    }

    /// <summary>Connections from one address, those among them that wait to be let in.</summary>
    public int CountOf(IPAddress address)
    {
        lock (_gate)
        {
            return _byAddress.GetValueOrDefault(Plain(address));
        }
    }

    internal ListenerQuota Add(ListenerOptions options, Func<Connection?> leastRecentlyUsed)
    {
        var listener = new ListenerQuota(options, leastRecentlyUsed, _time);
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        return listener;
    }

    internal void Remove(ListenerQuota listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Counts a client by its address.</summary>
    /// <param name="listener">Where it came.</param>
    /// <param name="client">Where it came from.</param>
    /// <param name="max">The bound of its address.</param>
    /// <returns>A place that it has yet to enter, or null when its address has as many as it may.</returns>
    internal ConnectionPlace? TryReserve(ListenerQuota listener, EndPoint? client, out int max)
    {
        max = int.MaxValue;
        if (client is not IPEndPoint { Address: var given })
        {
            return new ConnectionPlace(this, listener, address: null);
        }

        var address = Plain(given);
        max = _bounds().MaxOf(address);
        lock (_gate)
        {
            var count = _byAddress.GetValueOrDefault(address);
            if (count >= max)
            {
                _refused++;
                return null;
            }

            _byAddress[address] = count + 1;
        }

        return new ConnectionPlace(this, listener, address);
    }

    internal async ValueTask EnterAsync(ConnectionPlace place, CancellationToken cancellation)
    {
        while (!TryEnter(place, out var released))
        {
            await AtMostAsync(released, LookAgainInterval, cancellation);
        }

        MakeRoom(place.Listener);
        for (var delay = Throttle(place.Listener); delay > TimeSpan.Zero; delay = IsShut(place.Listener) ? LookAgainInterval : TimeSpan.Zero)
        {
            await Task.Delay(delay, _time, cancellation);
        }
    }

    internal void Leave(ConnectionPlace place)
    {
        lock (_gate)
        {
            if (place.Address is { } address)
            {
                var left = _byAddress[address] - 1;
                if (left == 0)
                {
                    _byAddress.Remove(address);
                }
                else
                {
                    _byAddress[address] = left;
                }
            }

            if (!place.IsIn)
            {
                return;
            }

            place.IsIn = false;
            place.Listener.Count--;
            _total--;
            foreach (var listener in _listeners)
            {
                listener.Waiting?.SetResult();
                listener.Waiting = null;
            }
        }
    }

    /// <summary>A client of version 4 of IP that came by a listener of version 6 counts by its own address.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private bool TryEnter(ConnectionPlace place, out Task released)
    {
        var listener = place.Listener;
        var (max, listenerMax) = (_bounds().ConnectionsMax, listener.Bounds.ConnectionsMax);
        lock (_gate)
        {
            if (listener.Count < listenerMax && (_total < max || MayExceed(listener)))
            {
                listener.Waiting = null;
                listener.Count++;
                _total++;
                place.IsIn = true;
                released = Task.CompletedTask;
                return true;
            }

            place.HeldBackBy = listener.Count >= listenerMax ? listener.MaxKey : "max.connections";
            listener.Waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            released = listener.Waiting.Task;
            return false;
        }
    }

    /// <summary>Where brokers and clients share the only listener, nobody comes first.</summary>
    private bool MayExceed(ListenerQuota listener) => listener.IsInterBroker && _listeners.Count > 1;

    /// <summary>When a broker was let in over the bound, one of the others goes.</summary>
    private void MakeRoom(ListenerQuota entered)
    {
        var max = _bounds().ConnectionsMax;
        ListenerQuota[] others;
        lock (_gate)
        {
            if (_total <= max || !MayExceed(entered))
            {
                return;
            }

            others = [.. _listeners.Where(listener => !listener.IsInterBroker)];
        }

        Connection? oldest = null;
        foreach (var listener in others)
        {
            if (listener.LeastRecentlyUsed() is { } candidate && (oldest is null || candidate.Still > oldest.Still))
            {
                oldest = candidate;
            }
        }

        oldest?.Evict();
    }

    private bool IsShut(ListenerQuota listener) =>
        listener.Bounds.CreationsPerSecondMax == 0 || (_bounds().CreationsPerSecondMax == 0 && !listener.IsInterBroker);

    private TimeSpan Throttle(ListenerQuota listener)
    {
        if (IsShut(listener))
        {
            return LookAgainInterval;
        }

        var (max, listenerMax) = (_bounds().CreationsPerSecondMax, listener.Bounds.CreationsPerSecondMax);
        lock (_gate)
        {
            // Brokers are slowed down by the rate of their own listener only.
            var ofListener = listener.Rate.Take(Math.Max(1, listenerMax));
            var ofBroker = listener.IsInterBroker ? TimeSpan.Zero : _rate.Take(Math.Max(1, max));
            return ofListener > ofBroker ? ofListener : ofBroker;
        }
    }

    private async ValueTask AtMostAsync(Task task, TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(time, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // Time to look again, whether or not anything happened.
        }
    }
}
