using Microsoft.Extensions.Logging;

namespace Spate.Storage.Directories;

/// <summary>What the log says of log directories.</summary>
internal static partial class DirectoryMessages
{
    [LoggerMessage(1, LogLevel.Error, "Log directory {Path} cannot be used and stays offline; the others go on")]
    public static partial void CannotUse(ILogger logger, string path, Exception cause);

    [LoggerMessage(2, LogLevel.Error, "Log directory {Path} goes offline with {Count} partitions")]
    public static partial void GoesOffline(ILogger logger, string path, int count, Exception cause);
}
