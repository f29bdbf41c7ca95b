using Microsoft.Extensions.Logging;
using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Shares;

/// <summary>What an operator must know of share groups, a line each.</summary>
internal static partial class ShareLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} ends at {End}, and the share group {Group} is at {Start} already; it goes on at the end")]
    public static partial void LogIsShorter(this ILogger logger, TopicPartition partition, string group, long start, long end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of records of {Key} could not be written down ({Error}); what is kept is read again")]
    public static partial void NotWrittenDown(this ILogger logger, SharePartitionKey key, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "What is superseded in __share_group_state could not be deleted; it is tried again")]
    public static partial void NotPruned(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} could not be read for the share group {Group}")]
    public static partial void NotRead(this ILogger logger, TopicPartition partition, string group, Exception failure);
}
