using Microsoft.Extensions.Logging;

namespace Spate.Cli.Start;

/// <summary>What the process itself has to say, beside what the broker says.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void SettingWithoutEffect(this ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Told to stop while starting: stops when the start is through; told once more, it ends at once, and the next start recovers the logs")]
    public static partial void StopAfterStart(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Told to stop: Ctrl-C once more ends it at once, and the next start recovers the logs")]
    public static partial void StopBegins(this ILogger logger);
}
