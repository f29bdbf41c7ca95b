namespace Spate.Client.Sharing;

/// <summary>How many records a member is given at once, by Kafka's numbers. Kafka: <c>share.acquire.mode</c>.</summary>
public enum ShareAcquireMode : sbyte
{
    /// <summary>Whole batches, even where they hold somewhat more records than <see cref="ShareConsumerOptions.MaxRecords"/>: the fastest way.</summary>
    BatchOptimized = 0,

    /// <summary>Never more records than <see cref="ShareConsumerOptions.MaxRecords"/> (KIP-1206): brokers since Kafka 4.2.</summary>
    RecordLimit = 1,
}
