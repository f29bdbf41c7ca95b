namespace Spate.Broker.Configuration;

/// <summary>
/// Settings as they were given, each checked by its key. What was not given has its default. Immutable, and so safe to share.
/// </summary>
public sealed class ConfigValues
{
    private readonly IReadOnlyDictionary<string, string> _given;

    internal ConfigValues(IReadOnlyDictionary<string, string> given) => _given = given;

    /// <summary>No setting given: every key has its default.</summary>
    public static ConfigValues Empty { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>What was given, by name, as written.</summary>
    public IReadOnlyDictionary<string, string> Given => _given;

    public T Get<T>(ConfigKey<T> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_given.TryGetValue(key.Name, out var text))
        {
            return key.Default;
        }

        var parsed = key.Parse(text);
        return parsed.Fault is null
            ? parsed.Value
            : throw new InvalidOperationException($"{key.Name}={text} {parsed.Fault}; it should have been refused when it was read.");
    }

    public bool IsGiven(ConfigKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _given.ContainsKey(key.Name);
    }
}
