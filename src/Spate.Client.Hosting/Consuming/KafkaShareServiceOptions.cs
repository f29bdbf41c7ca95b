using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Spate.Client.Hosting.Configuration;
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

    /// <summary>
    /// Takes options from a section of the configuration, such as <c>Printing</c>, beside that of the client. A key is a property's name (<c>Topics</c>, a list or with commas; <c>Members</c>; <c>MaxRecords</c> within a section
    /// <c>Consumer</c>), with times as <c>00:00:05</c>; or Kafka's own (<c>group.id</c>, <c>max.poll.records</c>), with times in milliseconds.
    /// </summary>
    /// <param name="section">The section.</param>
    /// <exception cref="OptionsValidationException">There are keys that are none, or values that cannot be read or used: all are told at once, each by its place.</exception>
    public static KafkaShareServiceOptions From(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return ServiceSection.ReadShare(section);
    }

    /// <exception cref="KafkaConfigurationException">Something cannot be used; the message names every fault.</exception>
    internal void Validate() => ServiceFaults.Throw(nameof(KafkaShareServiceOptions), Topics, Members, RetryBackoff, RetryBackoffMax);
}
