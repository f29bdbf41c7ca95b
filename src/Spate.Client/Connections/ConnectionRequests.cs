using Spate.Client.Authentication;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>
/// What is under way over one connection, and whether it still serves: the requests in the order of the calls, who writes them, and the failure that has ended it. All of it is under
/// one lock, and nobody is called from within. Safe for use by several threads at once.
/// </summary>
internal sealed class ConnectionRequests : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly RequestTable _requests = new();
    private readonly KafkaClientOptions _options;
    private readonly SaslSession? _session;
    private readonly ConnectionTimer _timer;
    private bool _isWriting;
    private bool _hasServed;
    private KafkaException? _failure;

    /// <param name="options">The client's.</param>
    /// <param name="faults">What goes wrong, in words.</param>
    /// <param name="session">Which proves who the client is; null where nobody asks for that.</param>
    /// <param name="wake">Called by the timer when something may have taken too long.</param>
    public ConnectionRequests(KafkaClientOptions options, ConnectionFaults faults, SaslSession? session, Action wake)
    {
        _options = options;
        _session = session;
        _timer = new ConnectionTimer(_requests, faults, options, wake);
    }

    /// <summary>Why the connection has ended; null while it serves.</summary>
    public KafkaException? Failure => Volatile.Read(ref _failure);

    /// <summary>Requests that are not answered yet.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _requests.InFlight;
            }
        }
    }

    /// <summary>When the request was posted whose reply comes next, as a timestamp of the clock; null when nobody waits for one.</summary>
    public long? OldestPostedAt
    {
        get
        {
            lock (_gate)
            {
                return _requests.OldestInFlight?.PostedAt;
            }
        }
    }

    /// <summary>Takes a request's place among the others.</summary>
    /// <param name="writer">Its bytes.</param>
    /// <param name="pending">Who waits.</param>
    /// <returns>What the caller has to do next.</returns>
    public PostedRequest Post(MessageWriter writer, PendingReply pending)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return new PostedRequest(_failure, MustWrite: false, MustAuthenticate: false);
            }

            var mustAuthenticate = !pending.IsForAuthentication && _session?.TakeDue(_options.TimeProvider.GetTimestamp()) == true;
            if (mustAuthenticate)
            {
                _requests.Hold();
            }

            _requests.Add(writer, pending);
            pending.PostedAt = _options.TimeProvider.GetTimestamp();
            _timer.Touch();
            _timer.Arm();
            return new PostedRequest(null, BeginToWrite(), mustAuthenticate);
        }
    }

    /// <summary>The authentication is done: what waited for it may be sent. Says whether the caller has to write.</summary>
    public bool LetGo()
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return false;
            }

            _requests.LetGo();
            return BeginToWrite();
        }
    }

    /// <summary>What is to be written next; false when there is nothing more, and then whoever wrote has ended doing so.</summary>
    public bool TryTakeOutgoing(out OutgoingRequest next)
    {
        lock (_gate)
        {
            if (_failure is null && _requests.TryTakeOutgoing(out next))
            {
                return true;
            }

            _isWriting = false;
            next = default;
            return false;
        }
    }

    /// <summary>Whose reply has come; null when nobody waits.</summary>
    public PendingReply? TakeInFlight()
    {
        lock (_gate)
        {
            _timer.Touch();
            var pending = _requests.TakeInFlight();
            _hasServed |= pending is not null && pending.Api != ApiKey.ApiVersions;
            return pending;
        }
    }

    /// <summary>Ends the connection, unless it has ended. Says whether it was this that did.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="isWriting">Whether somebody writes, who then tells those that wait.</param>
    public bool TryBreak(KafkaException failure, out bool isWriting)
    {
        lock (_gate)
        {
            isWriting = _isWriting;
            if (_failure is not null)
            {
                return false;
            }

            _failure = failure;
        }

        _timer.Stop();
        return true;
    }

    /// <summary>Tells all that wait why nothing comes.</summary>
    public void FailAll(KafkaException failure)
    {
        while (true)
        {
            MessageWriter? writer;
            PendingReply? pending;
            lock (_gate)
            {
                if (!_requests.TryTakeAny(out writer, out pending))
                {
                    return;
                }
            }

            writer?.Dispose();
            pending?.Fail(failure);
        }
    }

    /// <summary>Whether a connection that the broker ends now most likely lacks the authentication that its listener wants.</summary>
    /// <param name="offered">What the broker offers.</param>
    public bool WantsSasl(ApiVersionTable offered)
    {
        lock (_gate)
        {
            return _session is null && !_hasServed && offered.Offers(ApiKey.SaslHandshake) && _requests.InFlight > 0;
        }
    }

    /// <summary>Why the connection has to end now; null when it goes on, or has ended.</summary>
    /// <param name="isIdle">Whether the reason is that nobody has used it.</param>
    public KafkaException? Judge(out bool isIdle)
    {
        lock (_gate)
        {
            isIdle = false;
            return _failure is null ? _timer.Judge(_isWriting, out isIdle) : null;
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private bool BeginToWrite()
    {
        var mustWrite = !_isWriting;
        _isWriting = true;
        return mustWrite;
    }
}
