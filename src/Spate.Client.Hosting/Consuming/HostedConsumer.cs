using Microsoft.Extensions.Hosting;

namespace Spate.Client.Hosting.Consuming;

/// <summary>What all services that consume have in common: members that begin and end together, a stop that lets what is in hand be finished, and that they can be asked how they are.</summary>
public abstract class HostedConsumer : BackgroundService
{
    private readonly CancellationTokenSource _late = new();

    private protected HostedConsumer() => IsLate = _late.Token;

    /// <summary>How many members of its group are reading now: none before the start and after the end, and fewer than asked for while some wait to try again after a failure.</summary>
    public int ReadingMembers => Members.Count(static member => member.IsReading);

    /// <summary>Why reading failed last, of the member that has not come back from it yet; null when all is well.</summary>
    public Exception? Failure => Members.Select(static member => member.Failure).FirstOrDefault(static failure => failure is not null);

    /// <summary>How many offsets lie between where it is and the ends of its partitions altogether, as last heard; null before anything was heard.</summary>
    public long? Lag => Members.Select(static member => member.Lag).Aggregate((long?)null, static (sum, lag) => lag is null ? sum : (sum ?? 0) + lag);

    /// <summary>The members that there are.</summary>
    private protected abstract IReadOnlyList<ServiceMember> Members { get; }

    /// <summary>Ends when the program stops and the time for that is up.</summary>
    private protected CancellationToken IsLate { get; }

    /// <summary>Ends the reading, and waits until the records in hand are finished and the broker has confirmed it.</summary>
    /// <param name="cancellationToken">When the time for that is up: then the handling is told so by its own token.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            await _late.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _late.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // When one member ends for good the others end too, so that the host hears of it.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAll(Members.Select(member => RunAsync(member, ending))).ConfigureAwait(false);
    }

    /// <summary>The life of one member, until the service is to end or cannot go on.</summary>
    private protected abstract Task LiveAsync(ServiceMember member, CancellationToken stopping);

    private async Task RunAsync(ServiceMember member, CancellationTokenSource ending)
    {
        // The host waits for the start of its services, not for what they do.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await LiveAsync(member, ending.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            member.End();
            member.Fail(failure);
            await ending.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
