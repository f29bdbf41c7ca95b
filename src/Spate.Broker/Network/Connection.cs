using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Spate.Broker.Network;

/// <summary>
/// One client: reads frames, hands them to the dispatcher in order, sends the replies in order. The read loop runs until the connection
/// closes; the pump, which sends, runs while there are replies. A pool thread runs either until it has to wait, so a request that is answered
/// at once is read, answered and sent on one thread. Whatever goes wrong ends this connection and nothing else.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "What it owns is let go at the end of its own loop, which nobody else can know.")]
internal sealed class Connection : IThreadPoolWorkItem
{
    private const int BytesBetweenYields = 8 * 1024 * 1024;
    private const int DiscardedReceivesMax = 16;

    private readonly ITransport _transport;
    private readonly ConnectionLimits _limits;
    private readonly IRequestDispatcher _dispatcher;
    private readonly NetworkMetrics _metrics;
    private readonly NetworkTelemetry _telemetry;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionActivity _activity;
    private readonly RequestGate _gate;
    private readonly FrameReader _reader;
    private readonly FrameProgress _progress;
    private readonly ReplyPump _pump;
    private readonly ReplyQueue _replies;
    private readonly Lock _closeGate = new();
    private Task _cancelling = Task.CompletedTask;
    private CloseReason _closeReason;
    private volatile bool _stopping;

    public Connection(
        long id,
        string listenerName,
        ITransport transport,
        ConnectionLimits limits,
        FrameMemory memory,
        RequestGate gate,
        IRequestDispatcher dispatcher,
        NetworkTelemetry telemetry)
    {
        _transport = transport;
        _limits = limits;
        _dispatcher = dispatcher;
        _metrics = telemetry.Metrics;
        _telemetry = telemetry;
        _gate = gate;
        _activity = new ConnectionActivity(telemetry.Time, telemetry.Metrics);
        _reader = new FrameReader(transport, limits, memory, _activity);
        _progress = new FrameProgress(_reader, memory.Budget, _activity, telemetry.Time);
        _replies = new ReplyQueue(limits, memory.InFlight, new ReplyHolder(_activity, CutForMemory));
        _pump = new ReplyPump(_replies, new FrameSender(transport, memory.Pool, _activity), _activity, telemetry.Metrics, Fail);
        Context = new ConnectionContext(id, listenerName, transport.ClientEndPoint, _closing.Token) { Telemetry = telemetry };
    }

    public ConnectionContext Context { get; }

    /// <summary>Why the connection closed, or <see cref="CloseReason.None"/> while it is open.</summary>
    public CloseReason ClosedBecause
    {
        get
        {
            lock (_closeGate)
            {
                return _closeReason;
            }
        }
    }

    /// <summary>Completes when the connection has closed and everything that it held is given back. Never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Requests in flight.</summary>
    public int InFlight => _replies.InFlight;

    /// <summary>How long no byte moved.</summary>
    public TimeSpan Still => _activity.Still;

    private ILogger Logger => _telemetry.Logger;

    /// <summary>Runs the connection on a pool thread. Once.</summary>
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>Takes no more requests, answers those that were accepted, then closes.</summary>
    public void Stop()
    {
        _stopping = true;
        _transport.StopReceiving();
    }

    /// <summary>Cuts the connection now. False when it was closed before.</summary>
    public bool Abort(CloseReason reason)
    {
        if (!TryClose(reason))
        {
            return false;
        }

        _transport.Abort();
        return true;
    }

    /// <summary>Cuts the connection to make room for one between brokers.</summary>
    public void Evict()
    {
        if (Abort(CloseReason.Evicted))
        {
            Logger.Evicted(Context, Context.ListenerName);
        }
    }

    /// <summary>Cuts the connection because replies hold too much memory, and its own are not being taken.</summary>
    private void CutForMemory(long bytes)
    {
        var seconds = Still.TotalSeconds;
        if (Abort(CloseReason.ReplyNotTaken) && _telemetry.SlowReaders.TryPass(out var kept))
        {
            Logger.RepliesOverBound(Context, bytes, seconds, kept);
        }
    }

    /// <summary>Whether the client has let the idle timeout pass though the next move was its own.</summary>
    public bool IsIdle()
    {
        if (_limits.IdleTimeout == Timeout.InfiniteTimeSpan || _activity.Still < _limits.IdleTimeout)
        {
            return false;
        }

        // A request that is being worked on, or one that waits for its turn, is the broker's own business, unless replies are ready that the
        // client does not take. The dispatcher is looked at before the replies: what it lets go of is among them by then.
        return _activity.Sending || (!_activity.Dispatching && _replies.InFlight == 0 && !_activity.WaitingForTurn);
    }

    /// <summary>
    /// Why the client has to go, though nothing failed: it is silent, it does not take a reply, or its request holds memory that others wait
    /// for and hardly goes on. <see cref="CloseReason.None"/> when it may stay. Called by the sweep alone.
    /// </summary>
    public CloseReason Overdue()
    {
        if (_activity.Sending && _limits.ReplyStallTimeout != Timeout.InfiniteTimeSpan && Still >= _limits.ReplyStallTimeout)
        {
            return CloseReason.ReplyNotTaken;
        }

        return IsIdle() ? _activity.Sending ? CloseReason.ReplyNotTaken : CloseReason.Idle
            : _progress.HasStalled() ? CloseReason.FrameStalled
            : CloseReason.None;
    }

    private async Task RunAsync()
    {
        try
        {
            var reason = await ReadAsync();
            if (reason == CloseReason.Stopped)
            {
                await _replies.WhenPumpStops();
                SayGoodbye();
            }

            TryClose(reason);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        try
        {
            await CleanUpAsync();
        }
        catch (Exception exception)
        {
            // A callback of the dispatcher on the cancellation failed, or a buffer was given back twice. The listener must not wait for ever.
            Logger.ConnectionFailed(Context, exception);
        }

        _ended.SetResult();
    }

    private async ValueTask<CloseReason> ReadAsync()
    {
        var sinceYield = 0;
        while (true)
        {
            while (await HasRoomAsync() && !_stopping && !_closing.IsCancellationRequested && _reader.TryTake(out var frame))
            {
                sinceYield += frame.Length + FrameReader.CopiedFrameBytesMax;
                var entering = _gate.EnterAsync(_closing.Token);
                if (!entering.IsCompletedSuccessfully)
                {
                    await WaitForTurnAsync(entering, frame);
                }

                if (!Dispatch(frame))
                {
                    return await EndAfterRepliesAsync();
                }
            }

            _pump.Start();
            if (sinceYield >= BytesBetweenYields)
            {
                // A client that never lets the socket run dry would keep the thread for ever.
                sinceYield = 0;
                await Task.Yield();
            }

            var outcome = _stopping ? FillOutcome.EndOfStream : await _reader.FillAsync(_closing.Token);
            switch (outcome)
            {
                case FillOutcome.EndOfStream:
                    return _stopping ? CloseReason.Stopped : CloseReason.ClientClosed;
                case FillOutcome.LengthRefused:
                    TellOfRefusedLength(_reader.RefusedLength);
                    return CloseReason.FrameLength;
                default:
                    break;
            }
        }
    }

    private async ValueTask<bool> HasRoomAsync()
    {
        if (!_replies.HasRoom)
        {
            _pump.Start();
            await _replies.WaitForRoomAsync(_closing.Token);
            _activity.Touch();
        }

        return true;
    }

    /// <summary>Too many requests are being handled. Meanwhile the replies to those before leave.</summary>
    private async ValueTask WaitForTurnAsync(ValueTask entering, RequestFrame frame)
    {
        _pump.Start();
        _activity.WaitingForTurn = true;
        try
        {
            await entering;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
        finally
        {
            _activity.WaitingForTurn = false;
        }
    }

    private void TellOfRefusedLength(int length)
    {
        if (ForeignProtocol.Guess(length) is not { } guess)
        {
            Logger.FrameLengthRefused(Context, length, _limits.RequestBytesMax);
        }
        else if (_telemetry.ForeignClients.TryPass(out var kept))
        {
            Logger.ForeignProtocol(Context, Context.ListenerName, guess, kept);
        }
    }

    /// <summary>Hands a request over. False when the dispatcher refused at once, after which nothing more is read.</summary>
    private bool Dispatch(RequestFrame frame)
    {
        _metrics.RequestReceived();
        frame.ReceivedAt = _activity.ReceivedAt;
        _activity.Dispatching = true;
        try
        {
            _replies.Add(new PendingReply(frame, _dispatcher.DispatchAsync(frame, Context, _closing.Token)));
            return true;
        }
        catch (Exception exception)
        {
            // It takes its place in the order, so that the replies before it leave before the connection is closed for it.
            _replies.Add(new PendingReply(frame, ValueTask.FromException<OutgoingFrame?>(exception)));
            return false;
        }
        finally
        {
            _activity.Dispatching = false;
            _gate.Leave();
        }
    }

    /// <summary>Waits for the pump to come upon the refusal, which closes the connection with the right reason.</summary>
    private async ValueTask<CloseReason> EndAfterRepliesAsync()
    {
        _pump.Start();
        await _replies.WhenPumpStops();
        return CloseReason.Failure;
    }

    private void Fail(Exception exception)
    {
        var cause = exception is DispatchFailedException ? exception.InnerException! : exception;
        var reason = exception switch
        {
            DispatchFailedException => cause is ConnectionProtocolException ? CloseReason.Protocol : CloseReason.Failure,
            RecordSourceException => CloseReason.RecordSource,
            IOException or SocketException or ObjectDisposedException => CloseReason.Reset,
            _ => CloseReason.Failure,
        };
        if (!TryClose(reason))
        {
            // What fails after the closing fails because of it.
            return;
        }

        switch (reason)
        {
            case CloseReason.Protocol:
                Logger.ProtocolBroken(Context, cause.Message);
                break;
            case CloseReason.RecordSource:
                Logger.RecordSourceFailed(Context, cause);
                break;
            case CloseReason.Reset:
                Logger.ConnectionReset(Context, cause.Message);
                break;
            default:
                Logger.ConnectionFailed(Context, cause);
                break;
        }

        // Not cut: what was sent before is still on its way.
        _transport.Dispose();
    }

    private bool TryClose(CloseReason reason)
    {
        lock (_closeGate)
        {
            if (_closeReason != CloseReason.None)
            {
                return false;
            }

            _closeReason = reason;
            _cancelling = _closing.CancelAsync();
        }

        _metrics.ConnectionClosed(reason);
        Logger.ConnectionClosed(Context, reason);
        return true;
    }

    /// <summary>
    /// Closes so that the last replies arrive: a socket that is closed with bytes unread resets the connection, and the client may lose what
    /// it had not read yet.
    /// </summary>
    private void SayGoodbye()
    {
        _transport.FinishSending();
        Span<byte> discarded = stackalloc byte[4096];
        for (var i = 0; i < DiscardedReceivesMax && _transport.TryReceive(discarded, out var received) && received > 0; i++)
        {
        }
    }

    private async ValueTask CleanUpAsync()
    {
        _transport.Dispose();
        _reader.Dispose();
        await _replies.WhenPumpStops();
        while (_replies.TryTake(out var reply))
        {
            await AbandonAsync(reply);
        }

        await _cancelling;
        _closing.Dispose();
    }

    private async ValueTask AbandonAsync(PendingReply reply)
    {
        try
        {
            (await reply.TakeAsync())?.Dispose();
        }
        catch (OperationCanceledException)
        {
            // The dispatcher gave up as it was told to.
        }
        catch (Exception exception)
        {
            Logger.AbandonedRequestFailed(Context, exception);
        }
        finally
        {
            _replies.Finish(reply);
        }
    }
}
