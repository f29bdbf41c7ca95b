using Spate.Client.Errors;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>
/// The way to one broker: a connection that is made when it is needed, by one attempt at a time however many ask, and made anew after a failure when
/// the backoff allows it. Safe for use by several threads at once.
/// </summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    /// <summary>Requests of the calls that ask under way at once; more wait for their turn.</summary>
    public const int RequestsInFlightMax = 64;

    private readonly Lock _gate = new();
    private readonly KafkaClientOptions _options;
    private readonly Chance _chance;
    private readonly ClientWatch _watch;
    private readonly Dialer _dialer;
    private readonly Backoff _backoff;
    private readonly SemaphoreSlim _turns = new(RequestsInFlightMax, RequestsInFlightMax);
    private readonly CancellationTokenSource _lifetime = new();
    private Task<BrokerConnection>? _connecting;
    private BrokerConnection? _connection;
    private KafkaException? _lastFailure;
    private int _failures;
    private long? _lastAttempt;
    private bool _isDisposed;

    public BrokerLink(ServerAddress address, int? nodeId, KafkaClientOptions options, Chance chance, ClientWatch watch)
    {
        Address = address;
        Name = nodeId is { } id ? $"{id} ({address})" : address.ToString();
        _options = options;
        _chance = chance;
        _watch = watch;
        NodeId = nodeId;
        _dialer = new Dialer(options, Name);
        _backoff = options.NewReconnectBackoff();
    }

    public ServerAddress Address { get; }

    /// <summary>Null for an address that nobody has named as a node's yet.</summary>
    public int? NodeId { get; }

    /// <summary>Who it leads to, for texts.</summary>
    public string Name { get; }

    /// <summary>The connection, if there is one now.</summary>
    public BrokerConnection? OpenConnection
    {
        get
        {
            lock (_gate)
            {
                return _connection is { IsOpen: true } ? _connection : null;
            }
        }
    }

    /// <summary>Why there is no connection: the last attempt failed, or the one before it was lost. Null where there is one, or none was wanted.</summary>
    public KafkaException? LastFailure
    {
        get
        {
            lock (_gate)
            {
                return _connection is { IsOpen: true } ? null : _lastFailure ?? _connection?.Failure;
            }
        }
    }

    /// <summary>Asks over a connection that is made if need be.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="timeout">How long the broker may take to answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="highestVersion">The highest version that the request is good for.</param>
    /// <exception cref="KafkaException">There was no connection to be had, or it failed, or the broker does not offer this.</exception>
    public async Task<Reply<TResponse>> AskAsync<TResponse>(
        IRequestMessage<TResponse> request, TimeSpan timeout, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponseMessage, new()
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            var version = connection.Versions.Choose(request.ApiKey, highestVersion);
            return await connection.SendAsync(request, version, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Asks what is asked differently in different versions.</summary>
    /// <param name="make">Makes the request for the version that will be spoken.</param>
    /// <param name="timeout">How long the broker may take to answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="highestVersion">The highest version that the request is good for.</param>
    /// <inheritdoc cref="AskAsync{TResponse}(IRequestMessage{TResponse}, TimeSpan, CancellationToken, short)" path="/exception"/>
    public async Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(
        Func<short, TRequest> make, TimeSpan timeout, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new()
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            var version = connection.Versions.Choose(TRequest.Key, highestVersion);
            return await connection.SendAsync(make(version), version, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The open connection, or a new one.</summary>
    /// <exception cref="KafkaException">It could not be made.</exception>
    public Task<BrokerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_connection is { IsOpen: true })
            {
                return Task.FromResult(_connection);
            }

            _connecting ??= MakeAsync();
            return _connecting.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<BrokerConnection>? connecting;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            connecting = _connecting;
        }

        await _lifetime.CancelAsync().ConfigureAwait(false);
        if (connecting is not null)
        {
            await Task.WhenAny(connecting).ConfigureAwait(false);
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        _lifetime.Dispose();
        _turns.Dispose();
    }

    private async Task<BrokerConnection> MakeAsync()
    {
        // The caller holds the gate: nothing may run on its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        BrokerConnection? made = null;
        KafkaException? why = null;
        try
        {
            if (_connection is not null)
            {
                await _connection.DisposeAsync().ConfigureAwait(false);
            }

            await WaitForBackoffAsync().ConfigureAwait(false);
            _lastAttempt = _options.TimeProvider.GetTimestamp();
            made = await DialAsync().ConfigureAwait(false);
            _watch.Opened(made);
            return made;
        }
        catch (KafkaException failure)
        {
            why = failure;
            Tell(failure);
            throw;
        }
        catch (OperationCanceledException) when (_lifetime.IsCancellationRequested)
        {
            throw new KafkaConnectionException($"The client was disposed while it connected to broker {Name}.") { Broker = Name };
        }
        finally
        {
            lock (_gate)
            {
                _failures = made is null ? _failures + 1 : 0;
                _lastFailure = why;
                _connection = made;
                _connecting = null;
            }
        }
    }

    private void Tell(KafkaException failure)
    {
        var failures = _failures + 1;
        if (!ClientWatch.IsWorthTelling(failures))
        {
            return;
        }

        if (failure.IsRetriable)
        {
            _watch.ConnectionLog.ConnectFailed(Name, failures, failure.Message);
        }
        else
        {
            _watch.ConnectionLog.ConnectRefused(Name, failures, failure.Message);
        }
    }

    /// <summary>Waits from the last attempt on, also when that one succeeded: a connection may be made and lost again at once.</summary>
    private async Task WaitForBackoffAsync()
    {
        if (_lastAttempt is not { } lastAttempt)
        {
            return;
        }

        var wait = _backoff.After(Math.Max(_failures, 1), _chance) - _options.TimeProvider.GetElapsedTime(lastAttempt);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _options.TimeProvider, _lifetime.Token).ConfigureAwait(false);
        }
    }

    private async Task<BrokerConnection> DialAsync()
    {
        // A broker that could not be reached is given more time with each attempt: the network may be slow rather than broken (KIP-601).
        var patience = new Backoff(_options.ConnectionSetupTimeout, _options.ConnectionSetupTimeoutMax).After(_failures + 1, _chance);
        using var timeout = new CancellationTokenSource(patience, _options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _lifetime.Token);
        BrokerConnection? connection = null;
        try
        {
            connection = new BrokerConnection(await _dialer.DialAsync(Address, both.Token).ConfigureAwait(false), this, _options, _chance, _watch);

            // The attempt has a bound of its own, which is to be blamed rather than that of a request.
            await connection.StartAsync(2 * patience, both.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception failure)
        {
            _dialer.BeginWithNext();
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            if (failure is OperationCanceledException && timeout.IsCancellationRequested && !_lifetime.IsCancellationRequested)
            {
                throw new KafkaTimeoutException(
                    $"Connecting to broker {Name} took longer than {patience.TotalMilliseconds:0} ms. Check the address and what lies in between, or raise ConnectionSetupTimeout.", failure)
                {
                    Broker = Name,
                };
            }

            if (failure is KafkaException || _lifetime.IsCancellationRequested)
            {
                throw;
            }

            // Nobody who waits for the connection knows what to make of anything else, and none of their loops may end by it.
            throw new KafkaException(ErrorCode.UnknownServerError, $"Broker {Name} could not be connected to: {Sentence.Of(failure.Message)} This is a fault of Spate.Client; please report it.", failure) { Broker = Name };
        }
    }
}
