namespace Spate.Storage;

/// <summary>Why segments go.</summary>
internal enum DeletionReason
{
    /// <summary>All records are older than <c>retention.ms</c>.</summary>
    Age,

    /// <summary>The log is larger than <c>retention.bytes</c>.</summary>
    Size,

    /// <summary>All records lie before the log's start.</summary>
    LogStart,

    /// <summary>The log was truncated.</summary>
    Truncation,

    /// <summary>The cleaner has put others in their place.</summary>
    Replacement,
}
