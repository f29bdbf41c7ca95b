using Microsoft.Extensions.Logging;

namespace Spate.Cli.Start;

/// <summary>What the process itself has to say, beside what the broker says.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void SettingWithoutEffect(this ILogger logger, string warning);
}
