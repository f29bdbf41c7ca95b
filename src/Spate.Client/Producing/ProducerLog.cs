using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Client.Producing;

/// <summary>Everything that a producer says to the log: of batches and of itself, never of a record.</summary>
internal static partial class ProducerLog
{
    [LoggerMessage(1, LogLevel.Error, "The producer cannot go on; dispose it and make another. {Why}")]
    public static partial void Fatal(this ILogger logger, string why);

    [LoggerMessage(2, LogLevel.Warning, "{Count} records for {Partition} were not delivered. {Why}")]
    public static partial void Undelivered(this ILogger logger, int count, TopicPartition partition, string why);

    [LoggerMessage(7, LogLevel.Warning, "{Count} more records for {Partition}, in {Batches} batches, were not delivered since the last line about it.")]
    public static partial void AlsoUndelivered(this ILogger logger, long count, TopicPartition partition, long batches);

    [LoggerMessage(3, LogLevel.Debug, "{Count} records for {Partition} are sent again after attempt {Attempts}. {Why}")]
    public static partial void Retried(this ILogger logger, int count, TopicPartition partition, int attempts, string why);

    [LoggerMessage(4, LogLevel.Warning, "{Count} records for {Partition} are still not delivered after {Attempts} attempts in {ElapsedMs} ms; they are sent again until {TimeoutMs} ms have passed. {Why}")]
    public static partial void StillRetried(this ILogger logger, int count, TopicPartition partition, int attempts, double elapsedMs, double timeoutMs, string why);

    [LoggerMessage(5, LogLevel.Information, "The numbers of {Partition} have a gap, so they begin anew under producer id {ProducerId}, epoch {Epoch}.")]
    public static partial void NumbersBegunAnew(this ILogger logger, TopicPartition partition, long producerId, short epoch);

    [LoggerMessage(6, LogLevel.Warning, "The transaction of '{TransactionalId}' could not be aborted; that is done before the next one begins, or by the coordinator when its time is up. {Why}")]
    public static partial void AbortFailed(this ILogger logger, string transactionalId, string why);
}
