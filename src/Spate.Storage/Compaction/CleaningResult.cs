using Spate.Protocol;

namespace Spate.Storage.Compaction;

/// <summary>What the cleaning of a log came to. Immutable.</summary>
public sealed record CleaningResult
{
    public required TopicPartition Partition { get; init; }

    /// <summary>The first offset that had not been cleaned before.</summary>
    public required long FirstDirtyOffset { get; init; }

    /// <summary>Everything before this offset is clean now.</summary>
    public required long EndOffset { get; init; }

    /// <summary>The part of the log that was dirty before, by bytes, from 0 to 1.</summary>
    public required double DirtyRatio { get; init; }

    /// <summary>Bytes read, those that are read twice counted twice.</summary>
    public required long BytesRead { get; init; }

    public required long BytesWritten { get; init; }

    /// <summary>Records that were looked at to be kept or not.</summary>
    public required long RecordsRead { get; init; }

    public required long RecordsKept { get; init; }

    /// <summary>Distinct keys in the dirty part.</summary>
    public required long Keys { get; init; }

    /// <summary>The part of the memory for keys that was used, from 0 to 1.</summary>
    public required double BufferUtilization { get; init; }

    public required TimeSpan Duration { get; init; }
}
