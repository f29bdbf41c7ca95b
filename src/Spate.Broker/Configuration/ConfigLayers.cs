using System.Collections.Immutable;

namespace Spate.Broker.Configuration;

/// <summary>
/// A broker's settings by where they come from: set on it, set on all brokers, given at its start; the first that says something holds.
/// Immutable.
/// </summary>
public sealed class ConfigLayers
{
    internal ConfigLayers(ConfigValues atStart, IReadOnlyDictionary<string, string> everyBroker, IReadOnlyDictionary<string, string> thisBroker)
    {
        Static = atStart;
        EveryBroker = everyBroker;
        ThisBroker = thisBroker;
        InForce = everyBroker.Count + thisBroker.Count == 0 ? atStart : Merge();
    }

    /// <summary>What the broker was started with.</summary>
    public ConfigValues Static { get; }

    /// <summary>What was set on all brokers while they ran.</summary>
    public IReadOnlyDictionary<string, string> EveryBroker { get; }

    /// <summary>What was set on this broker while it ran.</summary>
    public IReadOnlyDictionary<string, string> ThisBroker { get; }

    /// <summary>What holds.</summary>
    public ConfigValues InForce { get; }

    internal static IReadOnlyDictionary<string, string> None { get; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Those of the settings that this version can follow; the others get a sentence each.</summary>
    internal static IReadOnlyDictionary<string, string> Valid(IReadOnlyDictionary<string, string> given, List<string> ignored)
    {
        var valid = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            var key = BrokerKeys.Find(name);
            var fault = key is null ? "is not a setting of this version"
                : key.Update == ConfigUpdate.ReadOnly ? "cannot change while a broker runs"
                : key.Fault(value);
            if (fault is null)
            {
                valid.Add(name, value);
            }
            else
            {
                ignored.Add($"{name}={(key is { IsSensitive: false } ? value : "(hidden)")} was set while the broker ran, and is passed over: it {fault}.");
            }
        }

        return valid;
    }

    /// <summary>What settings of these names have in each layer, in the order in which they win: layer by layer, and name by name within.</summary>
    internal IEnumerable<ConfigSynonym> Synonyms(IReadOnlyList<string> names)
    {
        foreach (var (values, source) in new[]
        {
            (ThisBroker, ConfigSource.DynamicBroker), (EveryBroker, ConfigSource.DynamicDefaultBroker), (Static.Given, ConfigSource.StaticBroker),
        })
        {
            foreach (var name in names)
            {
                if (values.TryGetValue(name, out var value))
                {
                    yield return new ConfigSynonym(name, value, source);
                }
            }
        }

        foreach (var name in names)
        {
            if (BrokerKeys.Find(name)?.DefaultText is { } value)
            {
                yield return new ConfigSynonym(name, value, ConfigSource.Default);
            }
        }
    }

    private ConfigValues Merge()
    {
        var merged = new Dictionary<string, string>(Static.Given, StringComparer.Ordinal);
        foreach (var (name, value) in EveryBroker.Concat(ThisBroker))
        {
            merged[name] = value;
        }

        return new ConfigValues(merged);
    }
}
