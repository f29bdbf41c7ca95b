namespace Spate.Coordination;

/// <summary>What is set for groups, which may change while they live. Asked from the loops of all shards at once, at each heartbeat.</summary>
public interface IGroupSettings
{
    /// <summary>What holds for a group of the consumer protocol now.</summary>
    ConsumerGroupSettings ForConsumerGroup(string groupId);

    /// <summary>What holds for a share group now.</summary>
    ShareGroupSettings ForShareGroup(string groupId);

    /// <summary>What holds for a streams group now.</summary>
    StreamsGroupSettings ForStreamsGroup(string groupId);
}
