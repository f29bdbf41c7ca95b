using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>Everything that a consumer says to the log: of partitions and of its group, never of a record.</summary>
internal static partial class ConsumerLog
{
    [LoggerMessage(1, LogLevel.Error, "{Partition} is not read any more until somebody seeks. {Why}")]
    public static partial void Refused(this ILogger logger, TopicPartition partition, string why);

    [LoggerMessage(2, LogLevel.Information, "The position {Offset} of {Partition} is not in the log any more; reading goes on where OffsetReset says.")]
    public static partial void PositionReset(this ILogger logger, TopicPartition partition, long offset);

    [LoggerMessage(3, LogLevel.Warning, "{Partition} could not be read for {ElapsedMs} ms; it is still tried. {Why}")]
    public static partial void Silent(this ILogger logger, TopicPartition partition, double elapsedMs, string why);
}
