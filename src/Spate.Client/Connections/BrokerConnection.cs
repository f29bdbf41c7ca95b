using System.Net.Sockets;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>
/// One connection to a broker: many requests under way, written in the order of the calls and answered in that order. It serves until the
/// first failure, and then all that wait are told why. No thread is bound to it: a loop reads replies, and whoever sends writes until
/// nothing is left to write. Safe for use by several threads at once.
/// </summary>
/// <remarks>
/// A reply is handed out only after its request was written, or after writing was given up: then nobody looks at the request's memory any more.
/// How many requests are under way is bounded by the callers (<see cref="BrokerLink.RequestsInFlightMax"/>, and the producer's own bound).
/// </remarks>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private const int WritersKept = 8;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly KafkaClientOptions _options;
    private readonly ClientWatch _watch;
    private readonly ReplyReader _reader;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Queue<OutgoingRequest> _outgoing = new();
    private readonly Queue<PendingReply> _inFlight = new();
    private readonly Stack<MessageWriter> _writers = new();
    private readonly ITimer _timer;
    private Task _reading = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private KafkaException? _failure;
    private long _lastUsed;
    private int _lastCorrelationId;

    public BrokerConnection(Stream stream, BrokerLink link, KafkaClientOptions options, ClientWatch watch)
    {
        _stream = stream;
        _options = options;
        _watch = watch;
        Broker = link.Name;
        Address = link.Address;
        NodeId = link.NodeId;
        _reader = new ReplyReader(stream, Broker, options.ReplyBytesMax);
        _lastUsed = options.TimeProvider.GetTimestamp();
        _timer = options.TimeProvider.CreateTimer(
            static state => ((BrokerConnection)state!).OnTimer(), this, options.ConnectionsMaxIdle, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who is on the other side, for texts.</summary>
    public string Broker { get; }

    /// <inheritdoc cref="BrokerLink.Address"/>
    public ServerAddress Address { get; }

    /// <inheritdoc cref="BrokerLink.NodeId"/>
    public int? NodeId { get; }

    /// <summary>What the broker offers; set before the connection is shown to anybody else.</summary>
    public ApiVersionTable Versions { get; private set; } = new(new ApiVersionsResponse(), "");

    public bool IsOpen => Volatile.Read(ref _failure) is null;

    /// <summary>Requests that are not answered yet.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _inFlight.Count;
            }
        }
    }

    /// <summary>Begins to read, and asks what the broker offers.</summary>
    public async Task StartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _reading = ReadAsync();
        Versions = await ApiVersionNegotiation.AskAsync(this, timeout, cancellationToken);
    }

    /// <summary>
    /// Sends a request and gives its reply. The place among the requests is taken before this returns. What the request refers to must stay as it is
    /// until the task has ended. Cancelling ends the wait, not the request.
    /// </summary>
    /// <exception cref="KafkaException">The connection failed or the time was up, or the request says something that the version cannot carry.</exception>
    public Task<Reply<TResponse>> SendAsync<TResponse>(
        IRequestMessage<TResponse> request, short version, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IResponseMessage, new()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Reply<TResponse>>(cancellationToken);
        }

        var pending = new PendingReply<TResponse>(request.ApiKey, version, NextCorrelationId(), DeadlineAfter(timeout), Broker);
        pending.CancelWith(cancellationToken);
        Post(request, pending);
        return pending.Task;
    }

    /// <summary>Sends a request that the broker does not answer; the task ends when the system has taken it.</summary>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    public Task SendWithoutReplyAsync(IRequestMessage request, short version, TimeSpan timeout)
    {
        var pending = new PendingWrite(request.ApiKey, version, NextCorrelationId(), DeadlineAfter(timeout));
        Post(request, pending);
        return pending.Task;
    }

    /// <summary>Ends the connection; whoever waits is told the failure. The first one counts.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="isWanted">Whether this side wanted it to end.</param>
    public void Break(KafkaException failure, bool isWanted = false)
    {
        bool isWriting;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = failure;
            isWriting = _isWriting;
        }

        _watch.Closed(this, failure, isWanted);
        _timer.Dispose();
        _lifetime.Cancel();
        _stream.Dispose();
        if (!isWriting)
        {
            FailAll(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(new KafkaConnectionException($"The connection to broker {Broker} was closed by this client.") { Broker = Broker }, isWanted: true);
        await _writing;
        await _reading;
        _reader.Dispose();
        await _timer.DisposeAsync();
        await _stream.DisposeAsync();
        _lifetime.Dispose();
        foreach (var writer in _writers)
        {
            writer.Dispose();
        }
    }

    private int NextCorrelationId() => Interlocked.Increment(ref _lastCorrelationId) & int.MaxValue;

    private long DeadlineAfter(TimeSpan timeout) => _options.TimeProvider.GetTimestamp() + (long)(timeout.TotalSeconds * _options.TimeProvider.TimestampFrequency);

    private void Post(IRequestMessage request, PendingReply pending)
    {
        var writer = RentWriter();
        try
        {
            Write(writer, request, pending);
        }
        catch (UnsupportedFieldException unsupported)
        {
            ReturnWriter(writer);
            pending.Fail(new KafkaException(
                ErrorCode.UnsupportedVersion, $"Broker {Broker} is too old for this request: {unsupported.Message}. Upgrade the broker, or do without the field.", unsupported)
            {
                Broker = Broker,
            });
            return;
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        KafkaException? failure;
        var mustWrite = false;
        lock (_gate)
        {
            failure = _failure;
            if (failure is null)
            {
                _outgoing.Enqueue(new OutgoingRequest(writer, pending));
                if (pending.ExpectsReply)
                {
                    _inFlight.Enqueue(pending);
                }

                _lastUsed = _options.TimeProvider.GetTimestamp();
                ArmTimer();
                mustWrite = !_isWriting;
                _isWriting = true;
            }
        }

        if (failure is not null)
        {
            writer.Dispose();
            pending.Fail(failure);
        }
        else if (mustWrite)
        {
            _writing = WriteAsync();
        }
    }

    private void Write(MessageWriter writer, IRequestMessage request, PendingReply pending)
    {
        writer.BeginFrame();
        var header = new RequestHeader
        {
            RequestApiKey = (short)pending.Api,
            RequestApiVersion = pending.Version,
            CorrelationId = pending.CorrelationId,
            ClientId = _options.ClientId,
        };
        header.Write(writer, ApiCatalog.Get(pending.Api).RequestHeaderVersion(pending.Version));
        request.Write(writer, pending.Version);
        writer.EndFrame();
    }

    private async Task WriteAsync()
    {
        while (TryTakeOutgoing(out var next))
        {
            try
            {
                foreach (var part in next.Writer.Parts)
                {
                    await _stream.WriteAsync(part.Bytes, _lifetime.Token);
                }

                if (next.Pending is PendingWrite write)
                {
                    write.Written();
                }

                ReturnWriter(next.Writer);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
            {
                next.Writer.Dispose();
                Break(Broken(failure));
                if (next.Pending is PendingWrite write)
                {
                    write.Fail(_failure!);
                }
            }
        }
    }

    private bool TryTakeOutgoing(out OutgoingRequest next)
    {
        KafkaException? failure;
        lock (_gate)
        {
            failure = _failure;
            if (failure is null && _outgoing.TryDequeue(out next))
            {
                return true;
            }

            _isWriting = false;
        }

        next = default;
        if (failure is not null)
        {
            FailAll(failure);
        }

        return false;
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.ReadAsync(_lifetime.Token) is { } frame)
            {
                if (TakeInFlight() is { } pending)
                {
                    pending.Complete(frame);
                }
                else
                {
                    frame.Dispose();
                    throw new KafkaConnectionException($"Broker {Broker} sent a reply that nobody had asked for.") { Broker = Broker };
                }
            }

            Break(new KafkaConnectionException($"Broker {Broker} closed the connection.") { Broker = Broker });
        }
        catch (MalformedMessageException malformed)
        {
            Break(new KafkaConnectionException($"Broker {Broker} sent a reply that is not one: {malformed.Message}", malformed) { Broker = Broker });
        }
        catch (KafkaException failure)
        {
            Break(failure);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            Break(Broken(failure));
        }
    }

    private PendingReply? TakeInFlight()
    {
        lock (_gate)
        {
            _lastUsed = _options.TimeProvider.GetTimestamp();
            return _inFlight.TryDequeue(out var pending) ? pending : null;
        }
    }

    private void FailAll(KafkaException failure)
    {
        while (true)
        {
            PendingReply? pending;
            MessageWriter? writer = null;
            lock (_gate)
            {
                if (_outgoing.TryDequeue(out var outgoing))
                {
                    writer = outgoing.Writer;
                    pending = outgoing.Pending.ExpectsReply ? null : outgoing.Pending;
                }
                else if (!_inFlight.TryDequeue(out pending))
                {
                    return;
                }
            }

            writer?.Dispose();
            pending?.Fail(failure);
        }
    }

    private KafkaConnectionException Broken(Exception cause) =>
        new($"The connection to broker {Broker} broke: {cause.Message}", cause) { Broker = Broker };

    /// <summary>Sets the timer to the earliest deadline, or to the end of idleness when nothing is under way. Called under the gate.</summary>
    private void ArmTimer()
    {
        var due = _lastUsed + Ticks(_options.ConnectionsMaxIdle);
        foreach (var pending in _inFlight)
        {
            due = Math.Min(due, pending.Deadline);
        }

        foreach (var outgoing in _outgoing)
        {
            due = Math.Min(due, outgoing.Pending.Deadline);
        }

        var wait = _options.TimeProvider.GetElapsedTime(_options.TimeProvider.GetTimestamp(), due);
        _timer.Change(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, Timeout.InfiniteTimeSpan);
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _options.TimeProvider.TimestampFrequency);

    private void OnTimer()
    {
        KafkaException? failure = null;
        var isIdle = false;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            var now = _options.TimeProvider.GetTimestamp();
            var late = _inFlight.FirstOrDefault(pending => pending.Deadline <= now)
                ?? _outgoing.FirstOrDefault(outgoing => outgoing.Pending.Deadline <= now).Pending;
            if (late is not null)
            {
                failure = new KafkaTimeoutException(
                    $"Broker {Broker} did not answer {late.Api} in time, so the connection was given up. If it is only slow, raise RequestTimeout ({_options.RequestTimeout.TotalMilliseconds} ms).")
                {
                    Broker = Broker,
                };
            }
            else if (_inFlight.Count == 0 && !_isWriting && now - _lastUsed >= Ticks(_options.ConnectionsMaxIdle))
            {
                failure = new KafkaConnectionException($"The connection to broker {Broker} was closed because nobody had used it.") { Broker = Broker };
                isIdle = true;
            }
            else
            {
                ArmTimer();
            }
        }

        if (failure is not null)
        {
            Break(failure, isIdle);
        }
    }

    private MessageWriter RentWriter()
    {
        lock (_gate)
        {
            return _writers.TryPop(out var writer) ? writer : new MessageWriter();
        }
    }

    private void ReturnWriter(MessageWriter writer)
    {
        writer.Reset();
        lock (_gate)
        {
            if (_failure is null && _writers.Count < WritersKept)
            {
                _writers.Push(writer);
                return;
            }
        }

        writer.Dispose();
    }
}
