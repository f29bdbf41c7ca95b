namespace Spate.Storage.Tests.Compaction;

/// <summary>A record as it lies in a log.</summary>
internal sealed record LogRecord(long Offset, string? Key, string? Value, long Timestamp)
{
    public bool IsControl { get; init; }

    public long ProducerId { get; init; } = -1;

    public int LeaderEpoch { get; init; }

    public int Headers { get; init; }
}
