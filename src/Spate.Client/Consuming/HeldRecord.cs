using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>A record whose key and value have still to be read, with bytes of its own.</summary>
internal readonly record struct HeldRecord(
    long Offset, byte[]? Key, byte[]? Value, long TimestampMs, TimestampType TimestampType, IReadOnlyList<RecordHeader> Headers, int LeaderEpoch);
