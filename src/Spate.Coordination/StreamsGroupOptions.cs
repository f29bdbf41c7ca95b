namespace Spate.Coordination;

/// <summary>What streams groups (KIP-1071) are held to; fixed for the coordinator's life. Defaults are Kafka's.</summary>
public sealed record StreamsGroupOptions
{
    /// <summary>Whether there are such groups at all: whether group.coordinator.rebalance.protocols names them.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The most members of a group, from 1. group.streams.max.size.</summary>
    public int MaxSize { get; init; } = int.MaxValue;
}
