using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spate.Client.Tests.Fakes;

/// <summary>Keeps every line that a client says, with its level.</summary>
internal sealed class RecordingLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName)
    {
        Assert.StartsWith("Spate.Client.", categoryName, StringComparison.Ordinal);
        return this;
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lines go to the test only.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
