using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Configuration;

/// <summary>
/// Gathers settings from a properties file, from the environment and from the command line, later ones winning, and finds every fault before
/// anything is started. One use, one thread.
/// </summary>
public sealed class ConfigReader
{
    private const string KafkaPrefix = "KAFKA_";
    private const string OwnPrefix = "SPATE_";

    private readonly Dictionary<string, ConfigKey> _keys;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly List<string> _warnings = [];

    public ConfigReader(IEnumerable<ConfigKey> keys) => _keys = keys.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Every fault found so far, a sentence each.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What has no effect, a sentence each that says why: names that are not known, are gone, or that nothing goes by.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Takes <c>key=value</c>, as the command line gives it.</summary>
    /// <param name="assignment">The text.</param>
    /// <param name="source">Where it comes from, for texts about it.</param>
    public void AddAssignment(string assignment, string source = "--set")
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            _faults.Add($"'{assignment}' is not of the form key=value.");
            return;
        }

        Add(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), source);
    }

    /// <summary>Takes the text of a properties file, written as Java writes them.</summary>
    public void AddProperties(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, key, value) in PropertiesReader.Read(text, (line, fault) => _faults.Add($"{source} line {line} {fault}.")))
        {
            if (lines.TryGetValue(key, out var earlier))
            {
                _warnings.Add($"{source} line {line}: {key} is given on line {earlier} already, which has no effect.");
            }

            lines[key] = line;
            Add(key, value.Trim(), $"{source} line {line}");
        }
    }

    /// <summary>
    /// Takes the variables of the environment that name settings: behind <c>KAFKA_</c> as in Kafka's container images, and behind
    /// <c>SPATE_</c>, which wins. What is near to no setting is meant for somebody else and passed over.
    /// </summary>
    public void AddEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var sorted = variables.OrderBy(variable => variable.Key, StringComparer.Ordinal).ToList();
        foreach (var prefix in new[] { KafkaPrefix, OwnPrefix })
        {
            foreach (var (variable, value) in sorted)
            {
                if (EnvironmentNames.SettingOf(variable, prefix) is { } name && (Find(name) is not null || IsMeant(name)))
                {
                    Add(name, value.Trim(), variable);
                }
            }
        }
    }

    /// <summary>The settings, once <see cref="Faults"/> has been found empty.</summary>
    public ConfigValues Build() => _faults.Count == 0
        ? BuildWithoutFaulty()
        : throw new InvalidOperationException("Settings with faults in them are not used: " + string.Join(' ', _faults));

    /// <summary>The settings that have no fault of their own, to find the faults that only show when settings are seen together.</summary>
    public ConfigValues BuildWithoutFaulty()
    {
        var given = new Dictionary<string, string>(_given, StringComparer.Ordinal);
        if (given.GetValueOrDefault(NodeKeys.BrokerId.Name) is { } id && id != NodeKeys.BrokerId.DefaultText)
        {
            given.TryAdd(NodeKeys.NodeId.Name, id);
        }

        if (given.GetValueOrDefault(NodeKeys.LogDir.Name) is { } directory)
        {
            given.TryAdd(NodeKeys.LogDirs.Name, directory);
        }

        return new ConfigValues(given);
    }

    private ConfigKey? Find(string name) =>
        _keys.TryGetValue(name, out var key) ? key
        : ListenerPrefix.Split(name) is { } rest && _keys.TryGetValue(rest, out var common) && common.IsPerListener ? common.Named(name)
        : null;

    /// <summary>Whether a name from the environment that is no setting was meant to be one.</summary>
    private bool IsMeant(string name) =>
        name.Contains('.', StringComparison.Ordinal) && (GoneKeys.AdviceOn(name) is not null || NearestName.Of(name, _keys.Keys) is not null);

    private void Add(string name, string value, string source)
    {
        if (Find(name) is not { } key)
        {
            _warnings.Add(GoneKeys.AdviceOn(name) is { } advice ? $"{source}: {name} is gone since Kafka 4.0 and has no effect: {advice}."
                : NearestName.Of(name, _keys.Keys) is { } nearest ? $"{source}: {name} is not a setting of this version and has no effect; the nearest one is {nearest}."
                : $"{source}: {name} is not a setting of this version and has no effect.");
            return;
        }

        if (key.Fault(value) is { } fault)
        {
            _faults.Add($"{source}: {name}={(key.IsSensitive ? "(hidden)" : value)} {fault}.");
            return;
        }

        if (!key.HasEffect && value != (key.DefaultText ?? "") && value != key.SoAnyhow)
        {
            _warnings.Add($"{source}: {name} has no effect: {key.Meaning}");
        }

        _given[name] = value;
    }
}
