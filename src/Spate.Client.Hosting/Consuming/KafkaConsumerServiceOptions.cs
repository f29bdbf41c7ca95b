using Spate.Client.Consuming;

namespace Spate.Client.Hosting.Consuming;

/// <summary>How a <see cref="KafkaConsumerService{TKey, TValue}"/> works. Immutable; faults are told when the service is made.</summary>
public sealed record KafkaConsumerServiceOptions
{
    /// <summary>The topics to read, at least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The group. Kafka: <c>group.id</c>. Default: null, which takes that of <see cref="Consumer"/>.</summary>
    public string? GroupId { get; init; }

    /// <summary>How its consumers work. Default: null, which takes <see cref="KafkaClientOptions.Consumer"/> of the client.</summary>
    public ConsumerOptions? Consumer { get; init; }

    /// <summary>
    /// How many members of the group there are in this program. Records of different members are handled side by side, those of a partition one after the other.
    /// Default: 1. From 1 to 1000.
    /// </summary>
    public int Members { get; init; } = 1;

    /// <summary>The wait before reading, or handling a record, is tried again after a failure; doubled with each failure in a row. Default: 1 s. From 1 ms to 24 days.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that <see cref="RetryBackoff"/> grows to. Default: 30 s. From <see cref="RetryBackoff"/> to 24 days.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate() => ServiceFaults.Throw(nameof(KafkaConsumerServiceOptions), Topics, Members, RetryBackoff, RetryBackoffMax);
}
