using Microsoft.Extensions.Hosting;

namespace Spate.Client.Hosting.Consuming;

/// <summary>What all services that consume have in common: they can be asked how they are.</summary>
public abstract class HostedConsumer : BackgroundService
{
    private protected HostedConsumer()
    {
    }

    /// <summary>How many members of its group are reading now: none before the start and after the end, and fewer than asked for while some wait to try again after a failure.</summary>
    public int ReadingMembers => Members.Count(static member => member.IsReading);

    /// <summary>Why reading failed last, of the member that has not come back from it yet; null when all is well.</summary>
    public Exception? Failure => Members.Select(static member => member.Failure).FirstOrDefault(static failure => failure is not null);

    /// <summary>How many offsets lie between where it is and the ends of its partitions altogether, as last heard; null before anything was heard.</summary>
    public long? Lag => Members.Select(static member => member.Lag).Aggregate((long?)null, static (sum, lag) => lag is null ? sum : (sum ?? 0) + lag);

    /// <summary>The members that there are.</summary>
    private protected abstract IReadOnlyList<ServiceMember> Members { get; }
}
