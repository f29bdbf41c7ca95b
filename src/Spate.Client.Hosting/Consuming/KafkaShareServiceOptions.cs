using Spate.Client.Sharing;

namespace Spate.Client.Hosting.Consuming;

/// <summary>How a <see cref="KafkaShareService{TKey, TValue}"/> works. Immutable; faults are told when the service is made.</summary>
public sealed record KafkaShareServiceOptions
{
    /// <summary>The topics to read, at least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>
    /// How its consumers work, and in which share group. The service says of each record itself what became of it, so <see cref="ShareConsumerOptions.AcknowledgeMode"/> is not looked at.
    /// </summary>
    public required ShareConsumerOptions Consumer { get; init; }

    /// <summary>How many members of the group there are in this program; each handles one record at a time. There may be more than partitions. Default: 1. From 1 to 1000.</summary>
    public int Members { get; init; } = 1;

    /// <summary>The wait before reading is tried again after a failure; doubled with each failure in a row. Default: 1 s. From 1 ms to 24 days.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that <see cref="RetryBackoff"/> grows to. Default: 30 s. From <see cref="RetryBackoff"/> to 24 days.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate() => ServiceFaults.Throw(nameof(KafkaShareServiceOptions), Topics, Members, RetryBackoff, RetryBackoffMax);
}
