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
    private readonly FrameMemory _memory;
    private readonly NetworkTelemetry _telemetry;
    private readonly ConcurrentDictionary<long, Connection> _connections = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private Task _accepting = Task.CompletedTask;
    private ITimer? _sweep;
    private long _lastId;
    private int _stopped;

    internal Listener(
        ListenerOptions options, IAcceptor acceptor, IRequestDispatcher dispatcher, FrameMemory memory, NetworkTelemetry telemetry)
    {
        _options = options;
        _acceptor = acceptor;
        _dispatcher = dispatcher;
        _memory = memory;
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
        FrameMemory memory,
        NetworkMetrics metrics,
        TimeProvider time,
        ILogger<Listener> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Listener(
            options, SocketAcceptor.Bind(options), dispatcher, memory, new NetworkTelemetry(time, logger, metrics));
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
        foreach (var (_, connection) in _connections)
        {
            connection.Stop();
        }

        var aborted = 0;
        if (!await EndWithinAsync(gracePeriod))
        {
            foreach (var (_, connection) in _connections)
            {
                aborted += connection.Abort(CloseReason.Aborted) ? 1 : 0;
            }
        }

        if (_sweep is not null)
        {
            await _sweep.DisposeAsync();
        }

        _telemetry.Logger.Stopped(_options.Name, aborted);
        return aborted;
    }

    /// <summary>Stops without grace, and waits until the dispatcher is done with every request that it was given.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await WhenAllEnd();
        _stopAccepting.Dispose();
    }

    /// <summary>Puts a client that is already there behind the listener.</summary>
    internal Connection Serve(ITransport transport)
    {
        var connection = new Connection(
            Interlocked.Increment(ref _lastId), _options.Name, transport, _options.Limits, _memory, _dispatcher, _telemetry);
        _connections[connection.Context.Id] = connection;
        _telemetry.Metrics.ConnectionAccepted();
        _ = ForgetAtEndAsync(connection);
        ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
        return connection;
    }

    private async Task AcceptAllAsync()
    {
        var failures = 0;
        while (!_stopAccepting.IsCancellationRequested)
        {
            try
            {
                Serve(await _acceptor.AcceptAsync(_stopAccepting.Token));
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

    private async Task ForgetAtEndAsync(Connection connection)
    {
        await connection.Ended;
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

    private Task WhenAllEnd() => Task.WhenAll(_connections.Values.Select(connection => connection.Ended));

    private void Sweep()
    {
        foreach (var (_, connection) in _connections)
        {
            if (connection.IsIdle())
            {
                connection.Abort(CloseReason.Idle);
            }
        }

        _memory.Pool.Trim();
    }
}
