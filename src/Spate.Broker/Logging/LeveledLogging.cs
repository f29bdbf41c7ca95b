using Microsoft.Extensions.Logging;

namespace Spate.Broker.Logging;

/// <summary>
/// Loggers whose levels change while the broker runs: what a level lets through goes on to the host's own logger, which may still drop it.
/// Levels go by name: that of a logger, else that of the longest part of its name before a dot, else that of the root. They end with the
/// process, as in Kafka. Safe for use by several threads at once.
/// </summary>
public sealed class LeveledLogging : ILoggerFactory
{
    /// <summary>The name of what holds for loggers that nothing else is said of.</summary>
    public const string Root = "root";

    private readonly ILoggerFactory _host;
    private readonly Lock _changing = new();
    private readonly Dictionary<string, LogLevel> _set = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeveledLogger> _loggers = new(StringComparer.Ordinal);

    /// <param name="host">Where lines go. It is not disposed of with this.</param>
    /// <param name="root">The level of the root.</param>
    public LeveledLogging(ILoggerFactory host, LogLevel root)
    {
        _host = host;
        _set[Root] = root;
    }

    /// <summary>The root, the loggers there are, and the parts of names that were given a level; each with the level that it has, by name.</summary>
    public IReadOnlyList<(string Name, LogLevel Level)> All
    {
        get
        {
            lock (_changing)
            {
                return [.. _loggers.Keys.Union(_set.Keys).Order(StringComparer.Ordinal).Select(name => (name, LevelOf(name)))];
            }
        }
    }

    public ILogger CreateLogger(string categoryName)
    {
        lock (_changing)
        {
            if (!_loggers.TryGetValue(categoryName, out var logger))
            {
                logger = new LeveledLogger(_host.CreateLogger(categoryName)) { Level = LevelOf(categoryName) };
                _loggers.Add(categoryName, logger);
            }

            return logger;
        }
    }

    /// <summary>Whether a name is the root, a logger or the beginning of one.</summary>
    public bool IsKnown(string name)
    {
        lock (_changing)
        {
            return _set.ContainsKey(name) || _loggers.Keys.Any(logger => logger == name || logger.StartsWith(name + '.', StringComparison.Ordinal));
        }
    }

    /// <summary>Gives names a level, or, where that is null, lets what stands above them hold again. All of it at once.</summary>
    public void Set(IEnumerable<KeyValuePair<string, LogLevel?>> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        lock (_changing)
        {
            foreach (var (name, level) in levels)
            {
                if (level is { } given)
                {
                    _set[name] = given;
                }
                else if (name != Root)
                {
                    _set.Remove(name);
                }
            }

            foreach (var (name, logger) in _loggers)
            {
                logger.Level = LevelOf(name);
            }
        }
    }

    public void AddProvider(ILoggerProvider provider) => _host.AddProvider(provider);

    /// <summary>Does nothing: the host's loggers are the host's.</summary>
    public void Dispose()
    {
    }

    private LogLevel LevelOf(string name)
    {
        for (var part = name; ; part = part[..part.LastIndexOf('.')])
        {
            if (_set.TryGetValue(part, out var level))
            {
                return level;
            }

            if (!part.Contains('.', StringComparison.Ordinal))
            {
                return _set[Root];
            }
        }
    }
}
