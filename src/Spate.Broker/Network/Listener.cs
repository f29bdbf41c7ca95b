using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Spate.Broker.Network;

/// <summary>
/// Accepts clients on one address and runs a connection for each. Bound first and started later, so that a broker learns of a port that is
/// taken before it does anything else, and of its port before anyone can call.
/// </summary>
public sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ListenerOptions _options;
    private readonly IAcceptor _acceptor;
    private readonly IRequestDispatcher _dispatcher;
    private readonly NetworkShare _share;
    private readonly ListenerQuota _quota;
    private readonly NetworkTelemetry _telemetry;
    private readonly ConcurrentDictionary<long, (Connection Connection, Task Forgotten)> _connections = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private Task _accepting = Task.CompletedTask;
    private ITimer? _sweep;
    private long _lastId;
    private int _stopped;

    internal Listener(
        ListenerOptions options, IAcceptor acceptor, IRequestDispatcher dispatcher, NetworkShare share, NetworkTelemetry telemetry)
    {
        _options = options;
        _acceptor = acceptor;
        _dispatcher = dispatcher;
        _share = share;
        _quota = share.Connections.Add(options, LeastRecentlyUsed);
        _telemetry = telemetry;
        EndPoint = acceptor.EndPoint;
    }

    /// <summary>The address that clients reach, with the port that was really taken.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that have not ended.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Takes the address. Clients may connect from now on, and wait until <see cref="Start"/>.</summary>
    /// <exception cref="ListenerBindException">The address cannot be had, as when another process listens on it.</exception>
    public static Listener Bind(
        ListenerOptions options,
        IRequestDispatcher dispatcher,
        NetworkShare share,
        NetworkMetrics metrics,
        TimeProvider time,
        ILogger<Listener> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Listener(
            options, SocketAcceptor.Bind(options), dispatcher, share, new NetworkTelemetry(time, logger, metrics));
    }

    /// <summary>Begins to accept. Once.</summary>
    public void Start()
    {
        var interval = _options.Limits.IdleSweepInterval;
        _sweep = _telemetry.Time.CreateTimer(static self => ((Listener)self!).Sweep(), this, interval, interval);
        _telemetry.Logger.Listening(_options.Name, EndPoint);
        _accepting = Task.Run(AcceptAllAsync);
    }

    /// <summary>
    /// Stops: accepts nobody, takes no further requests, answers those that were accepted, closes. What has not ended after
    /// <paramref name="gracePeriod"/> is cut.
    /// </summary>
    /// <returns>How many connections were cut. A second call finds nothing to do.</returns>
    public async Task<int> StopAsync(TimeSpan gracePeriod)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return 0;
        }

        await _stopAccepting.CancelAsync();
        _acceptor.Dispose();
        await _accepting;
        foreach (var (_, (connection, _)) in _connections)
        {
            connection.Stop();
        }

        var aborted = 0;
        if (!await EndWithinAsync(gracePeriod))
        {
            foreach (var (_, (connection, _)) in _connections)
            {
                aborted += connection.Abort(CloseReason.Aborted) ? 1 : 0;
            }
        }

        var wasStarted = _sweep is not null;
        if (_sweep is not null)
        {
            await _sweep.DisposeAsync();
        }

        if (wasStarted)
        {
            _telemetry.Logger.Stopped(_options.Name, aborted);
        }

        return aborted;
    }

    /// <summary>Stops without grace, and waits until the dispatcher is done with every request that it was given.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await WhenAllEnd();
        _share.Connections.Remove(_quota);
        _stopAccepting.Dispose();
    }

    /// <summary>Puts a client that was let in behind the listener.</summary>
    private void Serve(ITransport transport, ConnectionPlace place)
    {
        var connection = new Connection(
            Interlocked.Increment(ref _lastId), _options.Name, transport, _options.Limits, _share.Memory, _share.Requests, _dispatcher, _telemetry);
        _telemetry.Metrics.ConnectionAccepted();
        _connections[connection.Context.Id] = (connection, ForgetAtEndAsync(connection, place));
        ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
    }

    private async Task AcceptAllAsync()
    {
        var failures = 0;
        while (!_stopAccepting.IsCancellationRequested)
        {
            try
            {
                await AdmitAsync(await _acceptor.AcceptAsync(_stopAccepting.Token));
                if (failures > 0)
                {
                    _telemetry.Logger.AcceptRecovered(_options.Name, failures);
                    failures = 0;
                }
            }
            catch (Exception) when (_stopAccepting.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // This client left before it was let in; the next may be there already.
            }
            catch (Exception exception)
            {
                // Out of file handles, most likely. It lasts until something closes, and saying so once is enough.
                if (failures++ == 0)
                {
                    _telemetry.Logger.AcceptFailing(_options.Name, exception);
                }

                await BackOffAsync();
            }
        }
    }

    /// <summary>Serves a client as soon as it may be, or turns it away. While it waits, those behind it wait in the accept queue.</summary>
    private async ValueTask AdmitAsync(ITransport transport)
    {
        var place = _share.Connections.TryReserve(_quota, transport.ClientEndPoint, out var max);
        if (place is null)
        {
            // Said before the client can know, so that whoever sees the connection end finds the line that says why.
            if (_telemetry.Refusals.TryPass(out var kept))
            {
                _telemetry.Logger.AddressRefused(transport.ClientEndPoint, _options.Name, max, kept);
            }

            transport.Dispose();
            return;
        }

        try
        {
            var entering = place.EnterAsync(_stopAccepting.Token);
            if (place.HeldBackBy is { } key && _telemetry.Waits.TryPass(out _))
            {
                _telemetry.Logger.ListenerFull(_options.Name, key);
            }

            await entering;
        }
        catch
        {
            place.Dispose();
            transport.Dispose();
            throw;
        }

        Serve(transport, place);
    }

    /// <summary>The open connection on which nothing moved for longest.</summary>
    private Connection? LeastRecentlyUsed()
    {
        Connection? oldest = null;
        var still = TimeSpan.MinValue;
        foreach (var (_, (connection, _)) in _connections)
        {
            if (connection.Still > still && connection.ClosedBecause == CloseReason.None)
            {
                (oldest, still) = (connection, connection.Still);
            }
        }

        return oldest;
    }

    private async Task BackOffAsync()
    {
        try
        {
            await Task.Delay(AcceptRetryDelay, _telemetry.Time, _stopAccepting.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the loop sees it.
        }
    }

    private async Task ForgetAtEndAsync(Connection connection, ConnectionPlace place)
    {
        await connection.Ended;

        // What is not in the table any more counts no more.
        place.Dispose();
        _connections.TryRemove(connection.Context.Id, out _);
    }

    private async Task<bool> EndWithinAsync(TimeSpan gracePeriod)
    {
        try
        {
            await WhenAllEnd().WaitAsync(gracePeriod, _telemetry.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Task WhenAllEnd() => Task.WhenAll(_connections.Values.Select(client => client.Forgotten));

    private void Sweep()
    {
        foreach (var (_, (connection, _)) in _connections)
        {
            Close(connection, connection.Overdue());
        }

        _share.Memory.Pool.Trim();
    }

    private void Close(Connection connection, CloseReason reason)
    {
        if (reason == CloseReason.None || !connection.Abort(reason))
        {
            return;
        }

        if (reason == CloseReason.ReplyNotTaken)
        {
            _telemetry.Logger.ReplyNotTaken(connection.Context, connection.Still.TotalSeconds);
        }
        else if (reason == CloseReason.FrameStalled)
        {
            _telemetry.Logger.FrameStalled(connection.Context, FrameProgress.BytesMin, FrameProgress.Period.TotalSeconds);
        }
    }
}
