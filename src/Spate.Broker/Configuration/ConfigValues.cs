using System.Collections.Concurrent;

namespace Spate.Broker.Configuration;

/// <summary>
/// Settings as they were given, each checked by its key. What was not given has its default. Immutable to those who read it, and so safe to
/// share; a text is read once, however often its setting is asked for.
/// </summary>
public sealed class ConfigValues
{
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly ConcurrentDictionary<ConfigKey, object?> _read = new();

    internal ConfigValues(IReadOnlyDictionary<string, string> given) => _given = given;

    /// <summary>No setting given: every key has its default.</summary>
    public static ConfigValues Empty { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>What was given, by name, as written.</summary>
    public IReadOnlyDictionary<string, string> Given => _given;

    public T Get<T>(ConfigKey<T> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (T)_read.GetOrAdd(key, static (key, given) => key.ValueOf(given.GetValueOrDefault(key.Name)), _given)!;
    }

    /// <summary>What holds on one listener: its own value, else the one of all listeners.</summary>
    public T Get<T>(ConfigKey<T> key, string listener)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _given.TryGetValue(ListenerPrefix.Of(listener) + key.Name, out var text) ? (T)key.ValueOf(text)! : Get(key);
    }

    public bool IsGiven(ConfigKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _given.ContainsKey(key.Name);
    }
}
