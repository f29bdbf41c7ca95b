using Microsoft.Extensions.Logging;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

internal static partial class GroupLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The topic {Topic} could not be created ({Error}): {Reason}")]
    public static partial void GroupTopicNotCreated(this ILogger logger, string topic, ErrorCode error, string? reason);
}
