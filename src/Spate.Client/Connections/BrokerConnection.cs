using System.Net.Sockets;
using Spate.Client.Authentication;
using Spate.Client.Telemetry;
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
    private readonly Stream _stream;
    private readonly KafkaClientOptions _options;
    private readonly ClientWatch _watch;
    private readonly ReplyReader _reader;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly ConnectionRequests _requests;
    private readonly WriterPool _writers = new();
    private readonly ConnectionFaults _faults;
    private readonly SaslSession? _session;
    private Task _reading = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private Task _authenticating = Task.CompletedTask;
    private int _lastCorrelationId;

    public BrokerConnection(Stream stream, BrokerLink link, KafkaClientOptions options, Chance chance, ClientWatch watch)
    {
        _stream = stream;
        _options = options;
        _watch = watch;
        Broker = link.Name;
        _faults = new ConnectionFaults(Broker);
        Address = link.Address;
        NodeId = link.NodeId;
        _session = options.Sasl is null ? null : new SaslSession(this, options.Sasl, options.TimeProvider, chance);
        _reader = new ReplyReader(stream, Broker, options.ReplyBytesMax);
        _requests = new ConnectionRequests(options, _faults, _session, OnTimer);
    }

    /// <summary>Who is on the other side, for texts.</summary>
    public string Broker { get; }

    /// <inheritdoc cref="BrokerLink.Address"/>
    public ServerAddress Address { get; }

    /// <inheritdoc cref="BrokerLink.NodeId"/>
    public int? NodeId { get; }

    /// <summary>What the broker offers; set before the connection is shown to anybody else.</summary>
    public ApiVersionTable Versions { get; private set; } = new(new ApiVersionsResponse(), "");

    public bool IsOpen => _requests.Failure is null;

    /// <summary>Why it has ended; null while it is open.</summary>
    public KafkaException? Failure => _requests.Failure;

    /// <summary>How long the broker has owed the reply that comes next; null when it owes none.</summary>
    public TimeSpan? OwingFor => _requests.OldestPostedAt is { } posted ? _options.TimeProvider.GetElapsedTime(posted) : null;

    /// <summary>Requests that are not answered yet.</summary>
    public int InFlight => _requests.InFlight;

    /// <summary>Begins to read, asks what the broker offers, and proves who this client is where that is set.</summary>
    public async Task StartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _reading = ReadAsync();
        Versions = await ApiVersionNegotiation.AskAsync(this, timeout, cancellationToken).ConfigureAwait(false);
        if (_session is not null)
        {
            await _session.RunAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends a request and gives its reply. The place among the requests is taken before this returns. What the request refers to must stay as it is
    /// until the task has ended. Cancelling ends the wait, not the request.
    /// </summary>
    /// <exception cref="KafkaException">The connection failed or the time was up, or the request says something that the version cannot carry.</exception>
    public Task<Reply<TResponse>> SendAsync<TResponse>(
        IRequestMessage<TResponse> request, short version, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IResponseMessage, new() => SendAsync(request, version, timeout, isForAuthentication: false, cancellationToken);

    /// <summary>Sends a part of the authentication, past everything that waits for it to be done.</summary>
    /// <inheritdoc cref="SendAsync{TResponse}(IRequestMessage{TResponse}, short, TimeSpan, CancellationToken)" path="/exception"/>
    public Task<Reply<TResponse>> SendForAuthenticationAsync<TResponse>(
        IRequestMessage<TResponse> request, short version, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IResponseMessage, new() => SendAsync(request, version, timeout, isForAuthentication: true, cancellationToken);

    /// <summary>Sends a request that the broker does not answer; the task ends when the system has taken it.</summary>
    /// <inheritdoc cref="SendAsync{TResponse}(IRequestMessage{TResponse}, short, TimeSpan, CancellationToken)" path="/exception"/>
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
        if (!_requests.TryBreak(failure, out var isWriting))
        {
            return;
        }

        _watch.Closed(this, failure, isWanted);
        _lifetime.Cancel();
        _stream.Dispose();
        if (!isWriting)
        {
            _requests.FailAll(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(_faults.ClosedHere(), isWanted: true);
        await _authenticating.ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _reader.Dispose();
        await _requests.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _lifetime.Dispose();
        _writers.Dispose();
    }

    private Task<Reply<TResponse>> SendAsync<TResponse>(
        IRequestMessage<TResponse> request, short version, TimeSpan timeout, bool isForAuthentication, CancellationToken cancellationToken)
        where TResponse : class, IResponseMessage, new()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Reply<TResponse>>(cancellationToken);
        }

        var pending = new PendingReply<TResponse>(request.ApiKey, version, NextCorrelationId(), DeadlineAfter(timeout), Broker) { IsForAuthentication = isForAuthentication };
        pending.CancelWith(cancellationToken);
        Post(request, pending);
        return pending.Task;
    }

    /// <summary>Proves again who this client is, while whatever else is asked waits.</summary>
    private async Task AuthenticateAgainAsync(SaslSession session)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await session.RunAsync(_options.RequestTimeout, _lifetime.Token).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            Break(failure);
            return;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended, and everybody was told why.
            return;
        }

        if (_requests.LetGo())
        {
            _writing = WriteAsync();
        }
    }

    private int NextCorrelationId() => Interlocked.Increment(ref _lastCorrelationId) & int.MaxValue;

    private long DeadlineAfter(TimeSpan timeout) => _options.TimeProvider.GetTimestamp() + (long)(timeout.TotalSeconds * _options.TimeProvider.TimestampFrequency);

    private void Post(IRequestMessage request, PendingReply pending)
    {
        var writer = _writers.Rent();
        try
        {
            RequestFrames.Write(writer, request, pending, _options.ClientId);
        }
        catch (UnsupportedFieldException unsupported)
        {
            _writers.Return(writer);
            pending.Fail(_faults.TooOld(unsupported));
            return;
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        var posted = _requests.Post(writer, pending);
        if (posted.Failure is { } failure)
        {
            writer.Dispose();
            pending.Fail(failure);
        }
        else if (posted.MustWrite)
        {
            _writing = WriteAsync();
        }

        if (posted.MustAuthenticate)
        {
            _authenticating = AuthenticateAgainAsync(_session!);
        }
    }

    private async Task WriteAsync()
    {
        while (_requests.TryTakeOutgoing(out var next))
        {
            try
            {
                foreach (var part in next.Writer.Parts)
                {
                    await _stream.WriteAsync(part.Bytes, _lifetime.Token).ConfigureAwait(false);
                }

                if (next.Pending is PendingWrite write)
                {
                    write.Written();
                }

                _writers.Return(next.Writer);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
            {
                next.Writer.Dispose();
                Break(_faults.Broken(failure, LikelyCause()));
                if (next.Pending is PendingWrite write)
                {
                    write.Fail(_requests.Failure!);
                }
            }
        }

        if (_requests.Failure is { } ended)
        {
            _requests.FailAll(ended);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.ReadAsync(_lifetime.Token).ConfigureAwait(false) is { } frame)
            {
                if (_requests.TakeInFlight() is { } pending)
                {
                    _watch.Figures.Answered(NodeId, pending.Api, _options.TimeProvider.GetElapsedTime(pending.PostedAt));
                    pending.Complete(frame);
                }
                else
                {
                    frame.Dispose();
                    throw _faults.Unasked();
                }
            }

            Break(_faults.ClosedThere(LikelyCause()));
        }
        catch (MalformedMessageException malformed)
        {
            Break(_faults.Malformed(malformed));
        }
        catch (KafkaException failure)
        {
            Break(failure);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            Break(_faults.Broken(failure, LikelyCause()));
        }
    }

    /// <summary>What is likely behind a connection that the broker ends at the first request that is more than a greeting.</summary>
    private string LikelyCause() => _requests.WantsSasl(Versions) ? ConnectionFaults.SaslIsLikely : "";

    private void OnTimer()
    {
        if (_requests.Judge(out var isIdle) is { } failure)
        {
            Break(failure, isIdle);
        }
    }
}
