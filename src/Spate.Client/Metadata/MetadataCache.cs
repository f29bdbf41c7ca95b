using System.Collections.Concurrent;
using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Metadata;

/// <summary>
/// Keeps the picture of the cluster: asks for it when a topic is new, when somebody found it wrong, and when it is old. One loop asks, so that
/// however many found out that a leader has moved, the cluster is asked once. Safe for use by several threads at once.
/// </summary>
internal sealed class MetadataCache : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly KafkaClientOptions _options;
    private readonly MetadataSource _source;
    private readonly BrokerPool _pool;
    private readonly Chance _chance;
    private readonly ClientWatch _watch;
    private readonly WakeSignal _wake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly ConcurrentDictionary<string, TopicInterest> _interests = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private ClusterMetadata _current = ClusterMetadata.Empty;
    private long _pictures;
    private TaskCompletionSource _changed = NewChange();
    private KafkaException? _lastFailure;
    private bool _isNeeded;
    private bool _isUrgent;

    public MetadataCache(KafkaClientOptions options, MetadataSource source, BrokerPool pool, Chance chance, ClientWatch watch)
    {
        _options = options;
        _source = source;
        _pool = pool;
        _chance = chance;
        _watch = watch;
        _wake = new WakeSignal(options.TimeProvider);
        _loop = RunAsync();
    }

    /// <summary>The newest picture; empty before the first.</summary>
    public ClusterMetadata Current => Volatile.Read(ref _current);

    /// <summary>Why asking for the picture is given up until somebody wants it again, as where credentials were refused; null when it is not.</summary>
    public KafkaException? Fatal => LastFailure is { IsFatal: true } fatal ? fatal : null;

    /// <summary>Why the cluster could not be asked for its picture the last time; null when it could.</summary>
    public KafkaException? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>Keeps a topic in the picture for as long as what is returned is touched.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="mayCreate">Whether brokers may create it where it is missing, if <see cref="KafkaClientOptions.AllowAutoCreateTopics"/> lets them.</param>
    public TopicInterest Watch(string topic, bool mayCreate = true)
    {
        var interest = _interests.GetOrAdd(topic, static (name, self) => new TopicInterest(name, self._interests, self._options.TimeProvider), this);
        interest.Touch();
        if (mayCreate)
        {
            interest.AllowCreation();
        }

        return interest;
    }

    /// <summary>Somebody found the picture wrong: it will be asked for anew, soon and once.</summary>
    public void Invalidate() => Request(isUrgent: false);

    /// <summary>
    /// Takes over who leads partitions now, where that is newer than what is known (KIP-951). Leaders that are neither known nor among the nodes given are left to
    /// the next picture.
    /// </summary>
    public void Learn(IReadOnlyList<LearntLeader> leaders, IReadOnlyList<NodeMetadata> nodes)
    {
        lock (_gate)
        {
            if (MetadataReading.With(_current, leaders, nodes) is { } next)
            {
                _pool.Follow(next);
                Volatile.Write(ref _current, next);
            }
        }
    }

    /// <summary>The nodes of the cluster, once there are any.</summary>
    /// <exception cref="KafkaTimeoutException">No broker told in time; the inner exception says why.</exception>
    /// <exception cref="KafkaException">No broker was known yet, and those that were asked will never tell: they speak TLS or HTTP, or refuse this client.</exception>
    public async Task<ClusterMetadata> GetClusterAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Current.Nodes.Count > 0)
        {
            return Current;
        }

        return await NextAsync(timeout, "the brokers of the cluster", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A picture that was asked for after this call.</summary>
    /// <inheritdoc cref="GetClusterAsync" path="/exception"/>
    public Task<ClusterMetadata> RefreshAsync(CancellationToken cancellationToken) => RefreshAsync("a new picture of the cluster", _options.ApiTimeout, cancellationToken);

    /// <summary>A picture that was asked for after this call.</summary>
    /// <param name="what">What it is wanted for, for the text.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="whole">The time that the caller had in all, for the text; null for the timeout.</param>
    /// <inheritdoc cref="GetClusterAsync" path="/exception"/>
    public Task<ClusterMetadata> RefreshAsync(string what, TimeSpan timeout, CancellationToken cancellationToken, TimeSpan? whole = null) => NextAsync(timeout, what, cancellationToken, whole);

    /// <summary>A topic that is there, once it is.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="whole">The time that the caller had in all, for the text; null for the timeout.</param>
    /// <exception cref="KafkaTimeoutException">It was not there in time, or no broker told; the message says which.</exception>
    /// <exception cref="KafkaException">It can never be there (INVALID_TOPIC_EXCEPTION), or is not for this client (TOPIC_AUTHORIZATION_FAILED).</exception>
    public async ValueTask<TopicMetadata> GetTopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken, TimeSpan? whole = null)
    {
        Watch(topic);
        if (Current.Topics.TryGetValue(topic, out var found) && found.Error == ErrorCode.None)
        {
            return found;
        }

        var began = _options.TimeProvider.GetTimestamp();
        var isUrgent = true;
        while (true)
        {
            await ChangeAsync(isUrgent, timeout - _options.TimeProvider.GetElapsedTime(began), () => Missing(topic, whole ?? timeout), cancellationToken).ConfigureAwait(false);
            isUrgent = false;
            ThrowIfHopeless();
            if (!Current.Topics.TryGetValue(topic, out found))
            {
                continue;
            }

            if (found.Error == ErrorCode.None)
            {
                return found;
            }

            if (!ErrorCatalog.IsRetriable(found.Error))
            {
                throw BrokerFailure.Of(found.Error, ApiKey.Metadata, broker: null, $"topic '{topic}'");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _loop.ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
        _lifetime.Dispose();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Request(bool isUrgent)
    {
        lock (_gate)
        {
            _isNeeded = true;
            _isUrgent |= isUrgent;
        }

        _wake.Set();
    }

    private async Task<ClusterMetadata> NextAsync(TimeSpan timeout, string what, CancellationToken cancellationToken, TimeSpan? whole = null)
    {
        var began = _options.TimeProvider.GetTimestamp();
        var before = Volatile.Read(ref _pictures);
        var isUrgent = true;
        while (Volatile.Read(ref _pictures) == before || Current.Nodes.Count == 0)
        {
            await ChangeAsync(isUrgent, timeout - _options.TimeProvider.GetElapsedTime(began), () => Unreachable(what, whole ?? timeout), cancellationToken).ConfigureAwait(false);
            isUrgent = false;
            ThrowIfHopeless();
        }

        return Current;
    }

    /// <summary>Asks for a new picture, and waits for it or for the failure to get one.</summary>
    private async Task ChangeAsync(bool isUrgent, TimeSpan timeout, Func<KafkaException> late, CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate)
        {
            changed = _changed.Task;
        }

        // After the end nobody changes it any more.
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(KafkaClient));
        Request(isUrgent);
        try
        {
            await changed.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw late();
        }

        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(KafkaClient));
    }

    /// <summary>Who does not speak Kafka, or not with this client, will not do so later either; as long as nobody else is known, nobody has to wait to be told that.</summary>
    private void ThrowIfHopeless()
    {
        if (Volatile.Read(ref _lastFailure) is { } failure && (failure.IsFatal || (Current.Nodes.Count == 0 && !failure.IsRetriable)))
        {
            throw failure;
        }
    }

    /// <summary>A topic could not be learnt of in a time.</summary>
    public KafkaTimeoutException Missing(string topic, TimeSpan timeout) =>
        Current.Topics.TryGetValue(topic, out var found) && found.Error != ErrorCode.None
            ? new KafkaTimeoutException(
                $"Topic '{topic}' could not be used within {timeout.TotalMilliseconds} ms: the cluster answers {ErrorCatalog.NameOf(found.Error)}. "
                + (NextSteps.For(found.Error) ?? ErrorCatalog.Get(found.Error).Message))
            : Unreachable($"topic '{topic}'", timeout);

    private KafkaTimeoutException Unreachable(string what, TimeSpan timeout) => new(
        $"No broker told about {what} within {timeout.TotalMilliseconds} ms. {_lastFailure?.Message ?? $"Check BootstrapServers ({_options.BootstrapServers})."}", _lastFailure);

    private async Task RunAsync()
    {
        var failures = 0;
        var lastAsked = _options.TimeProvider.GetTimestamp();
        var earliest = TimeSpan.Zero;
        while (!_lifetime.IsCancellationRequested)
        {
            var elapsed = _options.TimeProvider.GetElapsedTime(lastAsked);
            if (!TakeNeed(elapsed, earliest, out var wait))
            {
                await _wake.WaitAsync(wait).ConfigureAwait(false);
                continue;
            }

            try
            {
                foreach (var interest in _interests.Values)
                {
                    interest.DropIfIdleFor(_options.MetadataMaxIdle);
                }

                lastAsked = _options.TimeProvider.GetTimestamp();
                var before = Current;
                var topics = _interests.ToLookup(static pair => pair.Value.MayCreate, static pair => pair.Key);
                var told = await _source.AskAsync(Current, [.. topics[true]], [.. topics[false]], _lifetime.Token).ConfigureAwait(false);
                Publish(told, failure: null);
                Tell(before, failures);
                failures = 0;
            }
            catch (OperationCanceledException) when (_lifetime.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // Whatever it was, somebody waits for the picture; this loop goes on, and tells them.
                var failure = fault as KafkaException
                    ?? new KafkaException(ErrorCode.UnknownServerError, $"The cluster's answer could not be taken: {Sentence.Of(fault.Message)} This is a fault of Spate.Client; please report it.", fault);
                failures++;
                if (ClientWatch.IsWorthTelling(failures))
                {
                    _watch.MetadataLog.AskFailed(failures, failure.Message);
                }

                if (!failure.IsFatal)
                {
                    Request(isUrgent: false);
                }

                Publish(told: null, failure);
            }

            lastAsked = _options.TimeProvider.GetTimestamp();
            earliest = _options.NewRetryBackoff().After(Math.Max(failures, 1), _chance);
        }

        Publish(told: null, failure: null);
    }

    private void Tell(ClusterMetadata before, int failures)
    {
        var next = Current;
        if (failures > 0)
        {
            _watch.MetadataLog.Recovered(failures);
        }

        if (!next.Nodes.Values.ToHashSet().SetEquals(before.Nodes.Values))
        {
            _watch.MetadataLog.ClusterSeen(next.ClusterId, string.Join(", ", next.Nodes.Keys.Order().Select(next.NameOf)));
        }
    }

    /// <summary>Whether to ask now. What is urgent is asked at once, unless the last time failed; what is merely stale a backoff after the last time.</summary>
    private bool TakeNeed(TimeSpan elapsed, TimeSpan earliest, out TimeSpan wait)
    {
        lock (_gate)
        {
            var isDue = _isNeeded && ((_isUrgent && _lastFailure is null) || elapsed >= earliest);
            var isOld = elapsed >= _options.MetadataMaxAge && _current.Nodes.Count > 0;
            wait = _isNeeded ? earliest - elapsed : _current.Nodes.Count > 0 ? _options.MetadataMaxAge - elapsed : Timeout.InfiniteTimeSpan;
            if (!isDue && !isOld)
            {
                return false;
            }

            _isNeeded = false;
            _isUrgent = false;
            return true;
        }
    }

    private void Publish(MetadataResponse? told, KafkaException? failure)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (told is not null)
            {
                // What was learnt while the cluster was asked may be newer than the answer.
                var next = MetadataReading.Read(told, _current);
                _pool.Follow(next);
                Volatile.Write(ref _current, next);
                _pictures++;
            }

            _lastFailure = failure;
            changed = _changed;
            _changed = NewChange();
        }

        changed.SetResult();
    }
}
