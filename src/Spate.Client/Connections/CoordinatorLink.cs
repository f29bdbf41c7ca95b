using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>
/// The way to the broker that looks after a group or a transactional id: it is found when it is needed, and again after it has moved or cannot be reached. Safe for use by several threads at once.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="type">What it looks after.</param>
/// <param name="key">The group or the transactional id.</param>
internal sealed class CoordinatorLink(Cluster cluster, CoordinatorType type, string key) : IDisposable
{
    private const int Unknown = -1;

    private readonly CoordinatorLookup _lookup = new(cluster);
    private readonly SemaphoreSlim _finding = new(1, 1);
    private volatile int _node = Unknown;

    /// <summary>The coordinator as texts name it, or null while it is not known.</summary>
    public string? Name => _node is >= 0 and var node ? cluster.Metadata.Current.NameOf(node) : null;

    /// <summary>The coordinator's id, or null while it is not known.</summary>
    public int? Node => _node is >= 0 and var node ? node : null;

    private string Subject => type == CoordinatorType.Transaction ? $"transactional id '{key}'" : $"group '{key}'";

    /// <summary>Asks it.</summary>
    /// <param name="lane">Over which of the connections.</param>
    /// <param name="make">Makes the request for the version that will be spoken.</param>
    /// <param name="timeout">How long it may take to answer.</param>
    /// <param name="highestVersion">The highest version that the request is good for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">It could not be found or asked.</exception>
    public async Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(
        int lane, Func<short, TRequest> make, TimeSpan timeout, short highestVersion, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new() =>
        await WithAsync(node => cluster.Brokers.Find(node, lane).AskAsync<TRequest, TResponse>(make, timeout, cancellationToken, highestVersion), cancellationToken).ConfigureAwait(false);

    /// <summary>What it offers, over the shared connection.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public Task<ApiVersionTable> VersionsAsync(CancellationToken cancellationToken) =>
        WithAsync(async node => (await cluster.Brokers.Find(node).ConnectAsync(cancellationToken).ConfigureAwait(false)).Versions, cancellationToken);

    /// <summary>Has it found anew.</summary>
    public void Forget()
    {
        _node = Unknown;
        cluster.Metadata.Invalidate();
    }

    /// <summary>Tries until it is done, or what failed will not pass by itself, or the time is up.</summary>
    /// <param name="what">What is done, for the text.</param>
    /// <param name="timeout">How long to go on after failures; zero for a single attempt, <see cref="Timeout.InfiniteTimeSpan"/> for as long as the token allows.</param>
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
                return await attempt(cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                var wait = cluster.Options.NewRetryBackoff().After(failures, cluster.Chance);
                if (timeout != Timeout.InfiniteTimeSpan && cluster.Clock.GetElapsedTime(began) + wait >= timeout)
                {
                    throw new KafkaTimeoutException($"{what} for {Subject} was not done within {timeout.TotalMilliseconds} ms. {failure.Message}", failure) { Broker = failure.Broker };
                }

                await Task.Delay(wait, cluster.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _finding.Dispose();

    private async Task<TResult> WithAsync<TResult>(Func<int, Task<TResult>> ask, CancellationToken cancellationToken)
    {
        var node = await FindAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ask(node).ConfigureAwait(false);
        }
        catch (Exception end) when (cluster.HasEnded(end) && !cancellationToken.IsCancellationRequested)
        {
            throw Cluster.Ended();
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            Forget();
            throw;
        }
        catch (ObjectDisposedException closed) when (!cancellationToken.IsCancellationRequested)
        {
            Forget();
            throw new KafkaConnectionException($"Broker {node}, which looked after {Subject}, has left the cluster or moved.", closed);
        }
    }

    private async Task<int> FindAsync(CancellationToken cancellationToken)
    {
        if (_node is >= 0 and var known)
        {
            return known;
        }

        await _finding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_node < 0)
            {
                _node = await LookUpAsync(cancellationToken).ConfigureAwait(false);
            }

            return _node;
        }
        finally
        {
            _finding.Release();
        }
    }

    private async Task<int> LookUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lookup.FindAsync(type, key, cancellationToken).ConfigureAwait(false);
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
            throw new KafkaConnectionException($"The broker that was asked for the coordinator of {Subject} has left the cluster or moved.", closed);
        }
    }
}
