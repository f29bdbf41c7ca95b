using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Asks the broker that looks after a group, which is found when it is needed and again after it has moved or cannot be reached. Membership goes over connections of its own, because
/// a join is answered only when the whole group has joined. Safe for use by several threads at once.
/// </summary>
internal sealed class CoordinatorCalls(Cluster cluster, string groupId) : IAsyncDisposable
{
    private readonly int _lane = cluster.Brokers.NewLane();
    private readonly CoordinatorLink _link = new(cluster, CoordinatorType.Group, groupId);

    public string GroupId => groupId;

    /// <summary>The coordinator as texts name it, or null while it is not known.</summary>
    public string? Name => _link.Name;

    /// <summary>The coordinator's id, or null while it is not known.</summary>
    public int? Node => _link.Node;

    /// <summary>Asks over the connection of the membership.</summary>
    /// <inheritdoc cref="AskAsync{TRequest, TResponse}(Func{short, TRequest}, CancellationToken, short)"/>
    public Task<Reply<TResponse>> AskAsMemberAsync<TRequest, TResponse>(
        Func<short, TRequest> make, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new() => AskAsync<TRequest, TResponse>(_lane, make, timeout, short.MaxValue, cancellationToken);

    /// <summary>Asks over the shared connection.</summary>
    /// <param name="make">Makes the request for the version that will be spoken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="highestVersion">The highest version that the request is good for.</param>
    /// <exception cref="KafkaException">The coordinator could not be found or asked.</exception>
    public Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(
        Func<short, TRequest> make, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new() =>
        AskAsync<TRequest, TResponse>(BrokerPool.SharedLane, make, cluster.Options.RequestTimeout, highestVersion, cancellationToken);

    /// <summary>Asks any broker of the cluster.</summary>
    /// <param name="make">Makes the request for the version that will be spoken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">It could not be asked.</exception>
    public async Task<Reply<TResponse>> AskAnyAsync<TRequest, TResponse>(Func<short, TRequest> make, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new()
    {
        int? node = null;
        try
        {
            node = await cluster.AnyNodeAsync(cancellationToken).ConfigureAwait(false);
            return await cluster.Brokers.Find(node.Value).AskAsync<TRequest, TResponse>(make, cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception end) when (cluster.HasEnded(end) && !cancellationToken.IsCancellationRequested)
        {
            throw Cluster.Ended();
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            cluster.Metadata.Invalidate();
            throw;
        }
        catch (ObjectDisposedException closed) when (!cancellationToken.IsCancellationRequested)
        {
            cluster.Metadata.Invalidate();
            throw new KafkaConnectionException($"Broker {node} has left the cluster or moved.", closed);
        }
    }

    /// <summary>Throws what an error code of the coordinator stands for.</summary>
    /// <exception cref="KafkaException">It is not <see cref="ErrorCode.None"/>.</exception>
    public void Require(ErrorCode code, ApiKey api, TopicPartition? partition = null, string? said = null)
    {
        if (code == ErrorCode.None)
        {
            return;
        }

        var failure = GroupFailure.Of(code, api, groupId, Name, partition, said);
        if (code is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _link.Forget();
        }
        else if (failure.IsRetriable)
        {
            cluster.Metadata.Invalidate();
        }

        throw failure;
    }

    /// <summary>Tries until it is done, or what failed will not pass by itself, or the time is up.</summary>
    /// <param name="what">What is done, for the text.</param>
    /// <param name="timeout">How long to go on after failures; zero for a single attempt.</param>
    /// <param name="attempt">Does it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="whole">The time that the caller had in all, for the text; null for the timeout.</param>
    /// <exception cref="KafkaTimeoutException">The time is up, also in the middle of an attempt.</exception>
    public async Task<TResult> RetryAsync<TResult>(
        string what, TimeSpan timeout, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken, TimeSpan? whole = null)
    {
        if (timeout == TimeSpan.Zero)
        {
            return await _link.RetryAsync(what, timeout, attempt, cancellationToken).ConfigureAwait(false);
        }

        using var patience = new CancellationTokenSource(timeout, cluster.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        KafkaException? last = null;
        try
        {
            return await _link.RetryAsync(what, Timeout.InfiniteTimeSpan, AttemptAsync, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new KafkaTimeoutException(
                $"{what} for group '{groupId}' was not done within {(whole ?? timeout).TotalMilliseconds} ms. {last?.Message ?? $"No broker answered. Check BootstrapServers ({cluster.Options.BootstrapServers})."}", last)
            {
                Broker = last?.Broker ?? Name,
            };
        }

        async Task<TResult> AttemptAsync(CancellationToken token)
        {
            try
            {
                return await attempt(token).ConfigureAwait(false);
            }
            catch (KafkaException failure)
            {
                last = failure;
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Brokers.CloseLaneAsync(_lane).ConfigureAwait(false);
        _link.Dispose();
    }

    private async Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(
        int lane, Func<short, TRequest> make, TimeSpan timeout, short highestVersion, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new()
    {
        try
        {
            return await _link.AskAsync<TRequest, TResponse>(lane, make, timeout, highestVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure) when (failure.ErrorCode is ErrorCode.GroupAuthorizationFailed or ErrorCode.InvalidGroupId)
        {
            // The coordinator could not even be asked for.
            throw GroupFailure.Of(failure.ErrorCode, ApiKey.FindCoordinator, groupId, failure.Broker);
        }
    }
}
