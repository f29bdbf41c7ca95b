using Spate.Protocol;

namespace Spate.Client.Producing;

/// <summary>Where a record was put.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset; -1 when it is not known: with <see cref="Acks.None"/>, or when a repeated batch turned out to have been written before.</param>
/// <param name="TimestampMs">Its timestamp in milliseconds since 1970: its own, or the time of the append where the topic says so.</param>
public readonly record struct RecordMetadata(TopicPartition Partition, long Offset, long TimestampMs)
{
    /// <summary>Its timestamp.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);
}
