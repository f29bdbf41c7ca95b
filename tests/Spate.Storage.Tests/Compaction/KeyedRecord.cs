namespace Spate.Storage.Tests.Compaction;

/// <summary>A record of a compacted log; null stands for a tombstone.</summary>
internal sealed record KeyedRecord(string? Key, string? Value)
{
    public static implicit operator KeyedRecord((string? Key, string? Value) record) => new(record.Key, record.Value);
}
