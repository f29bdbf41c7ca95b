using Microsoft.Extensions.Logging;

namespace Spate.Client.Hosting.Consuming;

/// <summary>Everything that a service that consumes says to the log.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(1, LogLevel.Information, "Reads {Topics} as a member of group {Group}.")]
    public static partial void Begun(this ILogger logger, string topics, string? group);

    [LoggerMessage(2, LogLevel.Information, "Has stopped reading {Topics}; what was finished is committed, and the group is left.")]
    public static partial void Ended(this ILogger logger, string topics);

    [LoggerMessage(3, LogLevel.Warning, "Reading failed (failure {Failures} in a row); it is tried again in {WaitMs} ms.")]
    public static partial void ReadingFailed(this ILogger logger, int failures, double waitMs, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "Handling the record at {Position} failed in attempt {Attempt}; it is tried again in {WaitMs} ms.")]
    public static partial void HandlingRetried(this ILogger logger, string position, int attempt, double waitMs, Exception failure);

    [LoggerMessage(5, LogLevel.Error, "Handling the record at {Position} failed; it is passed over.")]
    public static partial void HandlingSkipped(this ILogger logger, string position, Exception failure);

    [LoggerMessage(6, LogLevel.Error, "Handling the record at {Position} failed; the service ends, and the record is not committed.")]
    public static partial void HandlingStopped(this ILogger logger, string position, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "The record at {Position} was handled but could not be committed; whoever has its partition next handles it again.")]
    public static partial void CommitFailed(this ILogger logger, string position, Exception failure);

    [LoggerMessage(8, LogLevel.Warning, "The time for stopping was up while the record at {Position} was handled; it is not committed.")]
    public static partial void HandlingCutOff(this ILogger logger, string position);

    [LoggerMessage(9, LogLevel.Information, "Works on {Topics} as a member of share group {Group}.")]
    public static partial void SharingBegun(this ILogger logger, string topics, string group);

    [LoggerMessage(10, LogLevel.Information, "Has stopped working on {Topics}; what was handled is acknowledged, the rest is released, and the group is left.")]
    public static partial void SharingEnded(this ILogger logger, string topics);

    [LoggerMessage(11, LogLevel.Error, "Handling the record at {Position} failed in its delivery number {DeliveryCount}; what becomes of it: {Action}.")]
    public static partial void SharedHandlingFailed(this ILogger logger, string position, int deliveryCount, ShareFailureAction action, Exception failure);

    [LoggerMessage(12, LogLevel.Warning, "The time for stopping was up while the record at {Position} was handled; it is released.")]
    public static partial void SharedHandlingCutOff(this ILogger logger, string position);

    [LoggerMessage(13, LogLevel.Warning, "What was said of the last records of {Where} is not known to count; they may be delivered again.")]
    public static partial void AcknowledgingFailed(this ILogger logger, string where, Exception failure);

    [LoggerMessage(14, LogLevel.Error, "A record could not be read, and was acknowledged as UnreadableRecords says.")]
    public static partial void Unreadable(this ILogger logger, Exception failure);
}
