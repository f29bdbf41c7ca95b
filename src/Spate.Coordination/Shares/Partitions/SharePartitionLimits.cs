namespace Spate.Coordination.Shares.Partitions;

/// <summary>What a share partition is held to. May change while it serves, and then holds for what happens after.</summary>
public sealed record SharePartitionLimits
{
    /// <summary>How often a record is delivered before it is given up. Kafka: <c>group.share.delivery.count.limit</c>. Default 5.</summary>
    public int DeliveryCountLimit { get; init; } = 5;

    /// <summary>How many records may be under way, with members or waiting to be delivered again. Kafka: <c>group.share.partition.max.record.locks</c>. Default 2000.</summary>
    public int RecordLocksMax { get; init; } = 2000;

    /// <summary>How long a member holds a record, in milliseconds. Kafka: <c>group.share.record.lock.duration.ms</c>. Default 30,000.</summary>
    public long LockDurationMs { get; init; } = 30_000;
}
