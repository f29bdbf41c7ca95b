namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Waits between attempts, and has the enumeration told when they have failed for <see cref="KafkaClientOptions.ApiTimeout"/>, and again after as long: nobody waits in silence for a
/// group that does not answer. Used by one loop.
/// </summary>
internal sealed class Patience(GroupContext group, string what)
{
    private int _failures;
    private long _since;

    public void Succeeded() => _failures = 0;

    public Task FailedAsync(KafkaException failure, CancellationToken cancellationToken)
    {
        var clock = group.Cluster.Clock;
        if (_failures++ == 0)
        {
            _since = clock.GetTimestamp();
        }

        var timeout = group.Cluster.Options.ApiTimeout;
        if (clock.GetElapsedTime(_since) >= timeout)
        {
            _since = clock.GetTimestamp();
            group.Prefetch.Tell(new KafkaTimeoutException($"{what} of group '{group.GroupId}' could not be done for {timeout.TotalMilliseconds} ms; it is still tried. {failure.Message}", failure) { Broker = failure.Broker });
        }

        return RestAsync(cancellationToken);
    }

    /// <summary>Waits after a failure that has been told already, so that whoever tries again at once, however often, tries no more often than the backoff allows.</summary>
    public Task RefusedAsync(CancellationToken cancellationToken)
    {
        if (_failures++ == 0)
        {
            _since = group.Cluster.Clock.GetTimestamp();
        }

        return RestAsync(cancellationToken);
    }

    private Task RestAsync(CancellationToken cancellationToken) =>
        Task.Delay(group.Cluster.Options.NewRetryBackoff().After(_failures, group.Cluster.Chance), group.Cluster.Clock, cancellationToken);
}
