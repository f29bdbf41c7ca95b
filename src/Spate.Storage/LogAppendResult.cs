using Spate.Storage.Validation;

namespace Spate.Storage;

/// <summary>What became of an append: where the records are, or why they are not. Expected refusals are values; a disk that fails is an exception.</summary>
public readonly record struct LogAppendResult
{
    public LogAppendError Error { get; init; }

    /// <summary>What the validator has to say of the refusal: a sentence, and the records that it is about. Null otherwise.</summary>
    public AppendFailure? Failure { get; init; }

    /// <summary>Offset of the first record; -1 when nothing was appended. For a duplicate, that of the first time.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Offset of the last record; -1 when nothing was appended.</summary>
    public required long LastOffset { get; init; }

    /// <summary>Milliseconds since 1970 that stand for the records' own time, with <c>message.timestamp.type=LogAppendTime</c>; else -1.</summary>
    public long LogAppendTime { get; init; }

    public required long LogStartOffset { get; init; }

    /// <summary>True when the batch was in the log already; it was not appended again.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>
    /// True when <c>flush.messages</c> asks for the records to be on the disk before the append is answered: the caller awaits
    /// <see cref="PartitionLog.WaitUntilFlushedAsync"/> for the offset behind <see cref="LastOffset"/>.
    /// </summary>
    public bool MustFlush { get; init; }

    /// <summary>Records that had to be written otherwise than they came: another format, codec or numbering. From 0.</summary>
    public long ConvertedRecords { get; init; }

    public bool IsAppended => Error == LogAppendError.None && !IsDuplicate && LastOffset >= 0;
}
