using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Configuration;

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

    /// <summary>
    /// Takes options from a section of the configuration, such as <c>Billing</c>, beside that of the client. A key is a property's name (<c>Topics</c>, a list or with commas; <c>Members</c>; <c>MaxPollInterval</c> within a section
    /// <c>Consumer</c>), with times as <c>00:00:05</c>; or Kafka's own (<c>group.id</c>, <c>max.poll.interval.ms</c>), with times in milliseconds.
    /// </summary>
    /// <param name="section">The section.</param>
    /// <param name="consumers">What the section's own settings of consumers are laid over, such as <see cref="KafkaClientOptions.Consumer"/> of the client; null for the defaults of <see cref="ConsumerOptions"/>.</param>
    /// <exception cref="OptionsValidationException">There are keys that are none, or values that cannot be read or used: all are told at once, each by its place.</exception>
    public static KafkaConsumerServiceOptions From(IConfigurationSection section, ConsumerOptions? consumers = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return ServiceSection.ReadConsumer(section, consumers);
    }

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate() => ServiceFaults.Throw(nameof(KafkaConsumerServiceOptions), Topics, Members, RetryBackoff, RetryBackoffMax);
}
