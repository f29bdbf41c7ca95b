using Microsoft.Extensions.Logging;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

/// <summary>What an operator must know of groups, a line each.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Some groups still remember offsets of the deleted topics {Topics} ({Error}); they expire in their time")]
    public static partial void OffsetsNotForgotten(this ILogger logger, string topics, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Topics that the streams application {Group} keeps for itself could not be created, and are tried again at its members' next heartbeats: {Failures}")]
    public static partial void ApplicationTopicsNotCreated(this ILogger logger, string group, string failures);
}
