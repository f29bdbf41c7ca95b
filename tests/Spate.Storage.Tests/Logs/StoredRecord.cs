namespace Spate.Storage.Tests.Logs;

/// <summary>A record as a reader gets it.</summary>
internal sealed record StoredRecord(long Offset, string Value, long Timestamp, int LeaderEpoch)
{
    public bool IsControl { get; init; }
}
