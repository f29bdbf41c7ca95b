namespace Spate.Client.Administration.Calls;

/// <summary>The time that one call has, with all its attempts, or until its caller loses patience.</summary>
internal sealed class CallTime : IDisposable
{
    private readonly Cluster _cluster;
    private readonly string _what;
    private readonly TimeSpan _all;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _both;

    /// <param name="cluster">Whose clock and options count.</param>
    /// <param name="what">The call, for texts.</param>
    /// <param name="all">How long it may take.</param>
    /// <param name="caller">Ends it before its time.</param>
    public CallTime(Cluster cluster, string what, TimeSpan all, CancellationToken caller)
    {
        (_cluster, _what, _all, _caller) = (cluster, what, all, caller);
        _timeout = new CancellationTokenSource(all, cluster.Clock);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>Whether the time is up, and not the caller's patience.</summary>
    public bool IsOver => _timeout.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Waits before the next attempt, longer with each that failed, and has the cluster asked for its picture meanwhile: it was wrong, or may be.</summary>
    /// <returns>False when the time is up.</returns>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public async Task<bool> RestAsync(int failures)
    {
        _cluster.Metadata.Invalidate();
        try
        {
            await Task.Delay(_cluster.Options.NewRetryBackoff().After(failures, _cluster.Chance), _cluster.Clock, Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (IsOver)
        {
            return false;
        }
    }

    /// <param name="last">The last failure on the way, if there was one.</param>
    public KafkaTimeoutException Late(KafkaException? last)
    {
        var cause = last ?? _cluster.Metadata.LastFailure;
        return new KafkaTimeoutException(
            $"{_what} was not done within {_all.TotalMilliseconds} ms. {cause?.Message ?? $"No broker answered. Check BootstrapServers ({_cluster.Options.BootstrapServers})."} "
            + "Whether a request took effect is not known.",
            cause)
        {
            Broker = cause?.Broker,
            Partition = cause?.Partition,
        };
    }

    public void Dispose()
    {
        _both.Dispose();
        _timeout.Dispose();
    }
}
