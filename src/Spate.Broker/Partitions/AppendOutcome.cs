using Spate.Protocol.Errors;
using Spate.Storage.Validation;

namespace Spate.Broker.Partitions;

/// <summary>What became of an append, in the terms of the protocol.</summary>
public readonly record struct AppendOutcome
{
    public ErrorCode Error { get; init; }

    /// <summary>What a person should know of the refusal; null when there is nothing to add to the code.</summary>
    public string? Message { get; init; }

    /// <summary>The records that the refusal is about, by their place in the batch; null when it is about the whole.</summary>
    public IReadOnlyList<RecordFailure>? RefusedRecords { get; init; }

    public long BaseOffset { get; init; }

    public long LastOffset { get; init; }

    /// <summary>Milliseconds since 1970 with <c>message.timestamp.type=LogAppendTime</c>; otherwise -1.</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>The log's start; -1 where it is not told.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>Records that were written otherwise than they came.</summary>
    public long ConvertedRecords { get; init; }

    /// <summary>What in the bytes a refusal was about, for those who count.</summary>
    public AppendFailureCause Cause { get; init; }

    /// <summary>Whether the topic asks for the records to be on the disk before the append is answered.</summary>
    public bool MustFlush { get; init; }
}
