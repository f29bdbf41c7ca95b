using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

internal sealed class RecordingLogger : ILogger<Listener>
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    /// <summary>The lines that an operator sees: information and above about a connection's end are warnings or errors.</summary>
    public List<string> Complaints => [.. Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));
}
