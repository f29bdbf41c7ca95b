using Microsoft.Extensions.Logging;

namespace Spate.Coordination.Tests.Harness;

internal sealed class RecordingLogger : ILogger<GroupCoordinator>
{
    public List<(LogLevel Level, string Text)> Lines { get; } = [];

    public IEnumerable<string> AtLeast(LogLevel level) => Lines.Where(line => line.Level >= level).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, formatter(state, exception) + (exception is null ? "" : " " + exception)));
}
