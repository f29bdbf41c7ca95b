namespace Spate.Broker.Configuration;

/// <summary>A change of what holds. Immutable.</summary>
public sealed class ConfigChange
{
    internal ConfigChange(ConfigValues before, ConfigValues after)
    {
        Before = before;
        After = after;
        Names = [.. before.Given.Keys.Union(after.Given.Keys, StringComparer.Ordinal)
            .Where(name => before.Given.GetValueOrDefault(name) != after.Given.GetValueOrDefault(name))];
    }

    public ConfigValues Before { get; }

    public ConfigValues After { get; }

    /// <summary>The settings whose text is another one now.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>Whether one of the settings has changed.</summary>
    public bool Touches(params ReadOnlySpan<ConfigKey> keys)
    {
        foreach (var key in keys)
        {
            if (Names.Contains(key.Name))
            {
                return true;
            }
        }

        return false;
    }
}
