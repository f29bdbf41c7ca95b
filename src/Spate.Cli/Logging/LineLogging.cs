using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spate.Cli.Logging;

/// <summary>Log lines on standard output, written by a thread of their own.</summary>
internal static class LineLogging
{
    public static ILoggerFactory Create() => LoggerFactory.Create(builder =>
    {
        // The broker's own levels decide, which can be changed while it runs.
        builder.SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddConsole(options => options.FormatterName = LineFormatter.FormatterName);
        builder.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
    });
}
