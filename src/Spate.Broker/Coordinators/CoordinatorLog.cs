using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Coordinators;

/// <summary>What an operator must know of coordinators, a line each.</summary>
internal static partial class CoordinatorLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The topic {Topic} could not be created ({Error}): {Reason}")]
    public static partial void InternalTopicNotCreated(this ILogger logger, string topic, ErrorCode error, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Partition} keeps could not be loaded and is not served until the next start")]
    public static partial void NotLoaded(this ILogger logger, TopicPartition partition, Exception failure);
}
