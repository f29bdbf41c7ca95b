using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Spate.Client.Tests.Fakes;

/// <summary>Keeps every line that a client says, with its level; or that a broker says, whose categories begin otherwise.</summary>
internal sealed class RecordingLogs(string categories = "Spate.Client.") : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);

    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    /// <summary>Ends when a line has been said that begins so, after this call.</summary>
    public Task Said(string beginning) => _awaited.GetOrAdd(beginning, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ILogger CreateLogger(string categoryName)
    {
        Assert.StartsWith(categories, categoryName, StringComparison.Ordinal);
        return this;
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lines go to the test only.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Lines.Enqueue((logLevel, text));
        foreach (var (beginning, awaited) in _awaited)
        {
            if (text.StartsWith(beginning, StringComparison.Ordinal) && _awaited.TryRemove(beginning, out _))
            {
                awaited.SetResult();
            }
        }
    }

    public void Dispose()
    {
    }
}
