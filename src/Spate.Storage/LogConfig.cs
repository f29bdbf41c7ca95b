using Spate.Storage.Validation;

namespace Spate.Storage;

/// <summary>
/// What a topic's configuration asks of each of its logs: a snapshot, replaced as a whole when the configuration changes. Immutable. Names and
/// defaults are those of Kafka's topic keys. <c>preallocate</c> is not among them: what it saves is the growth of a file by small steps,
/// which today's file systems delay and join anyway, and a file longer than its records makes every stop look like a torn write.
/// </summary>
public sealed record LogConfig
{
    /// <summary><c>segment.bytes</c>: a segment that would grow beyond this is closed and another one begun. Default 1 GiB.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>segment.ms</c>: a segment is closed at this age, though it is not full. Default 7 days.</summary>
    public long SegmentMs { get; init; } = 604_800_000;

    /// <summary><c>segment.jitter.ms</c>: each segment closes earlier by a random time up to this, so that not all close at once. Default 0.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: a segment is closed when one of its indexes has grown to this. Default 10 MiB.</summary>
    public int SegmentIndexBytes { get; init; } = 10 << 20;

    /// <summary><c>index.interval.bytes</c>: bytes of records between two entries of an index. Default 4096.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>retention.ms</c>: segments all of whose records are older are deleted; -1 for never. Default 7 days.</summary>
    public long RetentionMs { get; init; } = 604_800_000;

    /// <summary><c>retention.bytes</c>: the oldest segments are deleted while what remains is at least this large; -1, the default, for never.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>Whether <c>cleanup.policy</c> contains "delete": old segments go by time and size. The default.</summary>
    public bool DeletesOldSegments { get; init; } = true;

    /// <summary>
    /// <c>flush.messages</c>: an append that leaves so many records or more not yet on the disk is to be answered only when they are; 1 makes every
    /// append durable before it is answered. The default leaves the disk to the operating system and durability to replication.
    /// </summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary><c>flush.ms</c>: no record stays off the disk for longer. Default: no limit.</summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary><c>file.delete.delay.ms</c>: how long deleted files stay under another name. Default one minute.</summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary>What is asked of the records themselves: <c>max.message.bytes</c>, <c>message.timestamp.*</c>, <c>compression.*</c>.</summary>
    public ValidationRules Validation { get; init; } = new();
}
