using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Storage.Compaction;

/// <summary>What the cleaner tells its operator.</summary>
internal static partial class CleanerMessages
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "Cleaned {Partition} from offset {From} to {To} in {Milliseconds} ms: kept {Kept} of {Records} records; {BytesRead} bytes read, {BytesWritten} written; {Keys} keys took {Utilization:P0} of the buffer.")]
    public static partial void Cleaned(
        ILogger logger,
        TopicPartition partition,
        long from,
        long to,
        long milliseconds,
        long kept,
        long records,
        long bytesRead,
        long bytesWritten,
        long keys,
        double utilization);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "{Partition} had been cleaned up to offset {Offset}, which lies outside the log from {Start} to {End}: it counts as not cleaned.")]
    public static partial void CheckpointReset(ILogger logger, TopicPartition partition, long offset, long start, long end);

    [LoggerMessage(3, LogLevel.Warning, "{Fault} All logs in that directory count as not cleaned.")]
    public static partial void CheckpointCorrupt(ILogger logger, string fault);

    [LoggerMessage(
        4, LogLevel.Error, "{Partition} is not cleaned any more: the batch at byte {Position} of {File} cannot be read ({Error}).")]
    public static partial void Corrupt(ILogger logger, TopicPartition partition, long position, string file, RecordError error);

    [LoggerMessage(
        5,
        LogLevel.Error,
        "{Partition} is not cleaned any more: a batch behind offset {Offset} has more keys than log.cleaner.dedupe.buffer.size has room for ({Capacity}).")]
    public static partial void MapTooSmall(ILogger logger, TopicPartition partition, long offset, long capacity);

    [LoggerMessage(6, LogLevel.Error, "{Partition} is not cleaned any more.")]
    public static partial void Broken(ILogger logger, TopicPartition partition, Exception cause);

    [LoggerMessage(7, LogLevel.Debug, "Stopped cleaning {Partition}: it was paused, or has changed meanwhile.")]
    public static partial void Stopped(ILogger logger, TopicPartition partition);
}
