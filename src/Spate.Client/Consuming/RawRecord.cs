using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>A record whose key, value and headers are where they were received. It is good until its batch is.</summary>
public readonly ref struct RawRecord
{
    /// <summary>Its offset.</summary>
    public long Offset { get; internal init; }

    /// <summary>Milliseconds since 1970; -1 when it has none.</summary>
    public long TimestampMs { get; internal init; }

    /// <summary>What the timestamp says: when it happened, or when the broker appended it.</summary>
    public TimestampType TimestampType { get; internal init; }

    /// <summary>The epoch of the leader that appended it; -1 when that is not known.</summary>
    public int LeaderEpoch { get; internal init; }

    /// <summary>The key, or null.</summary>
    public NullableBytes Key { get; internal init; }

    /// <summary>The value, or null.</summary>
    public NullableBytes Value { get; internal init; }

    /// <summary>The headers in their order.</summary>
    public RecordHeaders Headers { get; internal init; }
}
