using Microsoft.Extensions.Logging;

namespace Spate.Broker.Logging;

/// <summary>A logger that lets through what its level says at the time.</summary>
internal sealed class LeveledLogger(ILogger host) : ILogger
{
    private volatile int _level;

    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => host.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => (int)logLevel >= _level && host.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if ((int)logLevel >= _level)
        {
            host.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
