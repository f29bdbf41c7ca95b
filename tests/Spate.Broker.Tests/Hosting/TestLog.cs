using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spate.Broker.Tests.Hosting;

/// <summary>Every line that the broker says, for tests that hold it to what it says and to what it does not.</summary>
internal sealed class TestLog : ILoggerFactory
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    /// <summary>Warnings and errors.</summary>
    public List<string> Complaints => [.. Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text)];

    public List<string> Errors => [.. Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Logger(Lines);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lines go to the test only.");

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<(LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception}"));
    }
}
