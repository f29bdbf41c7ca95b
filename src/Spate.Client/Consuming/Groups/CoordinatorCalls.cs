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
    private const int Unknown = -1;

    private readonly int _lane = cluster.Brokers.NewLane();
    private readonly CoordinatorLookup _lookup = new(cluster);
    private readonly SemaphoreSlim _finding = new(1, 1);
    private volatile int _node = Unknown;

    public string GroupId => groupId;

    /// <summary>The coordinator as texts name it, or null while it is not known.</summary>
    public string? Name => _node is >= 0 and var node ? cluster.Metadata.Current.NameOf(node) : null;

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
        var node = await cluster.AnyNodeAsync(cancellationToken);
        try
        {
            return await cluster.Brokers.Find(node).AskAsync<TRequest, TResponse>(make, cluster.Options.RequestTimeout, cancellationToken);
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
            Forget();
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
    /// <exception cref="KafkaTimeoutException">The time is up.</exception>
    public async Task<TResult> RetryAsync<TResult>(string what, TimeSpan timeout, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken)
    {
        var began = cluster.Clock.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await attempt(cancellationToken);
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                var wait = cluster.Options.NewRetryBackoff().After(failures, cluster.Chance);
                if (cluster.Clock.GetElapsedTime(began) + wait >= timeout)
                {
                    throw new KafkaTimeoutException($"{what} in group '{groupId}' was not done within {timeout.TotalMilliseconds} ms. {failure.Message}", failure) { Broker = failure.Broker };
                }

                await Task.Delay(wait, cluster.Clock, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Brokers.CloseLaneAsync(_lane);
        _finding.Dispose();
    }

    private async Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(
        int lane, Func<short, TRequest> make, TimeSpan timeout, short highestVersion, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new()
    {
        var node = await FindAsync(cancellationToken);
        try
        {
            return await cluster.Brokers.Find(node, lane).AskAsync<TRequest, TResponse>(make, timeout, cancellationToken, highestVersion);
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            Forget();
            throw;
        }
        catch (ObjectDisposedException closed) when (!cancellationToken.IsCancellationRequested)
        {
            Forget();
            throw new KafkaConnectionException($"Broker {node}, which looked after group '{groupId}', has left the cluster or moved.", closed);
        }
    }

    private async Task<int> FindAsync(CancellationToken cancellationToken)
    {
        if (_node is >= 0 and var known)
        {
            return known;
        }

        await _finding.WaitAsync(cancellationToken);
        try
        {
            if (_node < 0)
            {
                _node = await AskForCoordinatorAsync(cancellationToken);
            }

            return _node;
        }
        finally
        {
            _finding.Release();
        }
    }

    private async Task<int> AskForCoordinatorAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lookup.FindAsync(CoordinatorType.Group, groupId, cancellationToken);
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            cluster.Metadata.Invalidate();
            throw;
        }
        catch (KafkaException failure) when (failure.ErrorCode is ErrorCode.GroupAuthorizationFailed or ErrorCode.InvalidGroupId)
        {
            throw GroupFailure.Of(failure.ErrorCode, ApiKey.FindCoordinator, groupId, failure.Broker);
        }
        catch (ObjectDisposedException closed) when (!cancellationToken.IsCancellationRequested)
        {
            cluster.Metadata.Invalidate();
            throw new KafkaConnectionException($"The broker that was asked for the coordinator of group '{groupId}' has left the cluster or moved.", closed);
        }
    }

    private void Forget()
    {
        _node = Unknown;
        cluster.Metadata.Invalidate();
    }
}
