using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>Everything that a consumer says to the log: of partitions and of its group, never of a record.</summary>
internal static partial class ConsumerLog
{
    [LoggerMessage(1, LogLevel.Error, "{Partition} is not read any more until somebody seeks. {Why}")]
    public static partial void Refused(this ILogger logger, TopicPartition partition, string why);

    [LoggerMessage(2, LogLevel.Information, "The position {Offset} of {Partition} is not in the log; reading goes on where OffsetReset says.")]
    public static partial void PositionReset(this ILogger logger, TopicPartition partition, long offset);

    [LoggerMessage(3, LogLevel.Warning, "{Partition} could not be read for {ElapsedMs} ms; it is still tried. {Why}")]
    public static partial void Silent(this ILogger logger, TopicPartition partition, double elapsedMs, string why);

    [LoggerMessage(4, LogLevel.Information, "Assigned by group {Group}: {Partitions}.")]
    public static partial void Assigned(this ILogger logger, string group, string partitions);

    [LoggerMessage(5, LogLevel.Information, "Given up to group {Group}: {Partitions}.")]
    public static partial void GivenUp(this ILogger logger, string group, string partitions);

    [LoggerMessage(6, LogLevel.Warning, "Lost to group {Group}, which has put this consumer out: {Partitions}. What was not committed is read again.")]
    public static partial void Lost(this ILogger logger, string group, string partitions);

    [LoggerMessage(7, LogLevel.Warning, "What is finished could not be committed before its partitions were given up to group {Group}; it is read again by whoever has them next. {Why}")]
    public static partial void LastCommitFailed(this ILogger logger, string group, string why);

    [LoggerMessage(8, LogLevel.Warning, "What is finished could not be committed to group {Group}; it is tried again. {Why}")]
    public static partial void CommitFailed(this ILogger logger, string group, string why);

    [LoggerMessage(9, LogLevel.Warning, "Group {Group} could not be told that this consumer goes, and finds out by itself. {Why}")]
    public static partial void LeaveFailed(this ILogger logger, string group, string why);

    [LoggerMessage(10, LogLevel.Error, "This consumer is out of group {Group} until it is enumerated anew. {Why}")]
    public static partial void Out(this ILogger logger, string group, string why);

    [LoggerMessage(11, LogLevel.Warning, "Topic {Topic}, which group {Group} subscribes to, cannot be read; that is looked at again. {Why}")]
    public static partial void Missing(this ILogger logger, string topic, string group, string why);
}
