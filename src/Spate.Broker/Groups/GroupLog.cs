using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

/// <summary>What an operator must know of groups, a line each.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The topic {Topic} could not be created ({Error}): {Reason}")]
    public static partial void GroupTopicNotCreated(this ILogger logger, string topic, ErrorCode error, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The groups in {Partition} could not be loaded and are not served until the next start")]
    public static partial void GroupsNotLoaded(this ILogger logger, TopicPartition partition, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some groups still remember offsets of the deleted topics {Topics} ({Error}); they expire in their time")]
    public static partial void OffsetsNotForgotten(this ILogger logger, string topics, ErrorCode error);
}
