using Spate.Coordination.Runtime;

namespace Spate.Coordination;

/// <summary>What transactions are held to. Defaults are Kafka's.</summary>
public sealed record TransactionCoordinatorOptions
{
    /// <summary>
    /// Partitions of __transaction_state, from 1; transactional ids are spread over them by name, so it must never change.
    /// transaction.state.log.num.partitions.
    /// </summary>
    public int PartitionCount { get; init; } = 50;

    /// <summary>The longest time in milliseconds that a producer may ask for a transaction to last. transaction.max.timeout.ms.</summary>
    public int MaxTimeoutMs { get; init; } = 900_000;

    /// <summary>How often transactions are looked over for those that last too long. transaction.abort.timed.out.transaction.cleanup.interval.ms.</summary>
    public TimeSpan TimeoutCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transactional id is remembered that nobody uses. transactional.id.expiration.ms.</summary>
    public TimeSpan Expiration { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often ids are looked over for such. transaction.remove.expired.transaction.cleanup.interval.ms.</summary>
    public TimeSpan ExpiryCheckInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long whoever ends a transaction is kept waiting for its markers. With them written, what was committed can be read and the next
    /// transaction can begin when the answer is there; the answer is certain without them.
    /// </summary>
    public TimeSpan EndPatience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long markers wait that could not be written, before they are tried again.</summary>
    public TimeSpan MarkerRetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The cluster's level of transaction.version at the moment, from 0 to 2; it decides in which version transactions are written down.</summary>
    public Func<short> FeatureLevel { get; init; } = () => 2;

    /// <summary>The bounds of each shard.</summary>
    public ShardOptions Shard { get; init; } = new();
}
