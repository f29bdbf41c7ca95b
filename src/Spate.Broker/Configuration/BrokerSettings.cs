using System.Collections.Immutable;
using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Configuration;

/// <summary>
/// The settings of one broker: what it was started with, overlaid by what was set on it while it ran. <see cref="Values"/> may be read by any
/// thread at any time and always says what holds; only whoever obeys decisions changes it, one at a time.
/// </summary>
public sealed class BrokerSettings
{
    private readonly CheckedSettings _atStart;
    private volatile ConfigLayers _layers;
    private volatile CheckedSettings _checked;
    private ImmutableArray<Action<ConfigChange>> _followers = [];

    private BrokerSettings(ConfigValues values, CheckedSettings atStart, IReadOnlyList<string> warnings)
    {
        _layers = new ConfigLayers(values, ConfigLayers.None, ConfigLayers.None);
        _atStart = atStart;
        _checked = atStart;
        Warnings = warnings;
    }

    /// <summary>What holds now. A part that reads a setting when it needs it follows every change.</summary>
    public ConfigValues Values => _layers.InForce;

    /// <summary>The same by where it comes from.</summary>
    public ConfigLayers Layers => _layers;

    public int NodeId => _atStart.NodeId;

    /// <summary>The listeners to open.</summary>
    public IReadOnlyList<ListenerAddress> Listeners => _atStart.Listeners;

    /// <summary>The addresses that clients are told; empty when they are those of the listeners.</summary>
    public IReadOnlyList<ListenerAddress> AdvertisedListeners => _checked.AdvertisedListeners;

    /// <summary>Absolute paths.</summary>
    public IReadOnlyList<string> LogDirs => _atStart.LogDirs;

    /// <summary>The one of <see cref="LogDirs"/> in which a new log of decisions is begun.</summary>
    public string MetadataLogDir => _atStart.MetadataLogDir;

    /// <summary>What is accepted and comes to less than it says, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public bool AutoCreateTopics => Values.Get(LogKeys.AutoCreateTopics);

    public int FetchMaxBytes => Values.Get(NetworkKeys.FetchMaxBytes);

    /// <summary>
    /// Makes settings of values, or tells every fault that only shows when values are seen together, a sentence each.
    /// </summary>
    public static BrokerSettings? TryCreate(ConfigValues values, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(faults);
        var before = faults.Count;
        var warnings = new List<string>();
        var settings = CheckedSettings.Check(values, faults, warnings);
        return faults.Count > before ? null : new BrokerSettings(values, settings, warnings);
    }

    /// <summary>Says in one sentence what is wrong with a topic's setting, or returns null when nothing is.</summary>
    public static string? TopicConfigFault(string name, string? value)
    {
        if (TopicKeys.Find(name) is not { } key)
        {
            return GoneKeys.AdviceOn(name) is { } advice ? $"'{name}' is gone since Kafka 4.0: {advice.Replace("remove the line", "leave it out", StringComparison.Ordinal)}."
                : NearestName.Of(name, TopicKeys.All.Select(known => known.Name)) is { } nearest ? $"'{name}' is not a setting of a topic; the nearest one is {nearest}."
                : $"'{name}' is not a setting of a topic.";
        }

        return value is null ? $"{name} is given without a value."
            : key.Fault(value) is { } fault ? $"{name}={value} {fault}."
            : null;
    }

    /// <summary>
    /// Has a part told of every change, after <see cref="Values"/> says the new ones, in the turn of the decision: it must not wait for
    /// anything, and must not throw. For what must act; a part that reads a setting when it needs it follows by itself.
    /// </summary>
    public void OnChange(Action<ConfigChange> follow) => ImmutableInterlocked.Update(ref _followers, followers => followers.Add(follow));

    /// <summary>Lays what was set while the broker ran over what it was started with, and tells those who follow when that changes anything.</summary>
    /// <param name="everyBroker">What was set on all brokers.</param>
    /// <param name="thisBroker">What was set on this one, which wins.</param>
    /// <returns>What of it cannot be followed, a sentence each: another version wrote it.</returns>
    public IReadOnlyList<string> Overlay(IReadOnlyDictionary<string, string> everyBroker, IReadOnlyDictionary<string, string> thisBroker)
    {
        var ignored = new List<string>();
        var before = _layers;
        var layers = new ConfigLayers(before.Static, ConfigLayers.Valid(everyBroker, ignored), ConfigLayers.Valid(thisBroker, ignored));
        var faults = new List<string>();
        var settings = CheckedSettings.Check(layers.InForce, faults, []);
        if (faults.Count > 0)
        {
            // Each value is right by itself, and they do not go together: what held before goes on.
            ignored.AddRange(faults);
            return ignored;
        }

        _checked = settings;
        _layers = layers;
        var change = new ConfigChange(before.InForce, layers.InForce);
        if (change.Names.Count > 0)
        {
            foreach (var follow in _followers)
            {
                follow(change);
            }
        }

        return ignored;
    }

    /// <summary>What would be wrong with other layers over what the broker was started with, when all is seen together.</summary>
    internal IReadOnlyList<string> FaultsOf(IReadOnlyDictionary<string, string> everyBroker, IReadOnlyDictionary<string, string> thisBroker)
    {
        var faults = new List<string>();
        CheckedSettings.Check(new ConfigLayers(_layers.Static, ConfigLayers.Valid(everyBroker, []), ConfigLayers.Valid(thisBroker, [])).InForce, faults, []);
        return faults;
    }
}
