using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>What the log says of log directories.</summary>
internal static partial class DirectoryMessages
{
    [LoggerMessage(1, LogLevel.Error, "Log directory {Path} cannot be used and stays offline: {Cause}")]
    public static partial void CannotUse(ILogger logger, string path, string cause);

    [LoggerMessage(2, LogLevel.Error, "Log directory {Path} goes offline with {Count} partitions")]
    public static partial void GoesOffline(ILogger logger, string path, int count, Exception cause);

    [LoggerMessage(3, LogLevel.Warning, "{Fault}")]
    public static partial void Fault(ILogger logger, string fault);

    [LoggerMessage(4, LogLevel.Warning, "{Path} is no directory of a log and is left alone")]
    public static partial void Stranger(ILogger logger, string path);

    [LoggerMessage(5, LogLevel.Information, "Log directory {Path} was not closed cleanly; its {Count} logs are recovered")]
    public static partial void Recovers(ILogger logger, string path, int count);

    [LoggerMessage(6, LogLevel.Information, "Opened {Count} logs in {Milliseconds} ms")]
    public static partial void Opened(ILogger logger, int count, long milliseconds);

    [LoggerMessage(8, LogLevel.Warning, "The log of {Partition} is that of topic {TopicId}, which is gone, and not of {Decided}; it is kept as {Directory} and not served")]
    public static partial void OfAnotherTopic(ILogger logger, TopicPartition partition, Uuid topicId, Uuid decided, string directory);

    [LoggerMessage(9, LogLevel.Information, "{Partition} was being moved to {Path} when the broker stopped; the move was complete")]
    public static partial void MoveCompleted(ILogger logger, TopicPartition partition, string path);

    [LoggerMessage(10, LogLevel.Information, "{Partition} was being moved to {Path} when the broker stopped; it is copied anew")]
    public static partial void MoveBeginsAnew(ILogger logger, TopicPartition partition, string path);

    [LoggerMessage(7, LogLevel.Information, "Deleted {Path}")]
    public static partial void Deleted(ILogger logger, string path);
}
