namespace Spate.Coordination.Offsets;

/// <summary>How far a group has read a partition.</summary>
/// <param name="Offset">The next record to read.</param>
/// <param name="LeaderEpoch">The epoch of the last record read; -1 when the client did not say.</param>
/// <param name="Metadata">The client's note.</param>
/// <param name="CommitTimestampMs">When it was committed, in milliseconds since 1970.</param>
/// <param name="ExpireTimestampMs">When it is to be forgotten, as clients up to OffsetCommit v4 could ask; -1 when the broker decides.</param>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimestampMs, long ExpireTimestampMs = -1)
{
    public bool Expires => ExpireTimestampMs >= 0;
}
