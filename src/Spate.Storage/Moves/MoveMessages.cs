using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Storage.Moves;

/// <summary>What an operator is told of moves.</summary>
internal static partial class MoveMessages
{
    [LoggerMessage(1, LogLevel.Information, "Moving {Partition} from {Source} to {Destination}")]
    public static partial void Begins(ILogger logger, TopicPartition partition, string source, string destination);

    [LoggerMessage(2, LogLevel.Information, "Moved {Partition} to {Destination} in {Milliseconds} ms")]
    public static partial void Moved(ILogger logger, TopicPartition partition, string destination, long milliseconds);

    [LoggerMessage(3, LogLevel.Information, "{Partition} stays where it is; the move to {Destination} was given up")]
    public static partial void GivenUp(ILogger logger, TopicPartition partition, string destination);

    [LoggerMessage(4, LogLevel.Error, "{Partition} could not be moved to {Destination}; it stays where it is")]
    public static partial void Failed(ILogger logger, TopicPartition partition, string destination, Exception cause);
}
