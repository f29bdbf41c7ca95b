using Microsoft.Extensions.Logging;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

/// <summary>What an operator must know of groups, a line each.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Some groups still remember offsets of the deleted topics {Topics} ({Error}); they expire in their time")]
    public static partial void OffsetsNotForgotten(this ILogger logger, string topics, ErrorCode error);
}
