using Microsoft.Extensions.Logging;

namespace Spate.Storage;

/// <summary>What a log tells its operator.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Error, "The log in {Directory} is offline because {Action} failed.")]
    public static partial void Failed(ILogger logger, string directory, string action, Exception cause);

    [LoggerMessage(2, LogLevel.Warning, "Cut {Bytes} bytes behind offset {Offset} off {File}: what follows is not a whole batch ({Reason}).")]
    public static partial void TailCut(ILogger logger, long bytes, long offset, string file, string reason);

    [LoggerMessage(3, LogLevel.Debug, "Recovered the log in {Directory} from offset {From} to {To}, {Segments} segments.")]
    public static partial void Recovered(ILogger logger, string directory, long from, long to, int segments);

    [LoggerMessage(4, LogLevel.Warning, "Rebuilding the indexes of {File}: {Fault}.")]
    public static partial void IndexRebuilt(ILogger logger, string file, string fault);

    [LoggerMessage(5, LogLevel.Warning, "{Fault}")]
    public static partial void StateFault(ILogger logger, string fault);

    [LoggerMessage(6, LogLevel.Information, "Deleting the segments of {Directory} from offset {From} to {To}: {Reason}.")]
    public static partial void SegmentsDeleted(ILogger logger, string directory, long from, long to, DeletionReason reason);

    [LoggerMessage(7, LogLevel.Information, "Truncated the log in {Directory} to offset {Offset}.")]
    public static partial void Truncated(ILogger logger, string directory, long offset);

    [LoggerMessage(8, LogLevel.Warning, "The log in {Directory} ends at {End}, before its start at {Start}: it is emptied and begins there.")]
    public static partial void EndsBeforeStart(ILogger logger, string directory, long end, long start);

    [LoggerMessage(9, LogLevel.Information, "Deleted {File}, left over from before the last stop.")]
    public static partial void LeftoverDeleted(ILogger logger, string file);

    [LoggerMessage(10, LogLevel.Information, "Finished the replacement of segments of {Directory} by {File}.")]
    public static partial void SwapFinished(ILogger logger, string directory, string file);
}
