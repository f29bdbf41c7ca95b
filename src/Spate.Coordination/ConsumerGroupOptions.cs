namespace Spate.Coordination;

/// <summary>What groups of the consumer protocol (KIP-848) are held to; fixed for the coordinator's life. Defaults are Kafka's.</summary>
public sealed record ConsumerGroupOptions
{
    /// <summary>Whether there are such groups at all: whether group.coordinator.rebalance.protocols names them.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The most members of a group, from 1. group.consumer.max.size.</summary>
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>
    /// The assignors that members may ask for, of <c>uniform</c> and <c>range</c>; the first one serves those who ask for none.
    /// group.consumer.assignors.
    /// </summary>
    public IReadOnlyList<string> Assignors { get; init; } = ["uniform", "range"];

    /// <summary>Which groups may change protocols while they have members. group.consumer.migration.policy.</summary>
    public ConsumerMigrationPolicy MigrationPolicy { get; init; } = ConsumerMigrationPolicy.Bidirectional;
}
