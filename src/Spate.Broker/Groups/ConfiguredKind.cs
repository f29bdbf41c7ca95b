using System.Collections.Immutable;
using Spate.Broker.Configuration;
using Spate.Metadata.Control;
using Spate.Metadata.Images;

namespace Spate.Broker.Groups;

/// <summary>What is set for groups of one kind. What most of them go by is read once. Safe for use by several threads at once.</summary>
/// <param name="controller">Knows what was set for a group.</param>
/// <param name="settings">What holds on the broker.</param>
/// <param name="read">Makes of what was set for a group, and of the broker's settings, what holds for it.</param>
internal sealed class ConfiguredKind<TSettings>(
    Controller controller, BrokerSettings settings, Func<IReadOnlyDictionary<string, string>, ConfigValues, TSettings> read)
{
    /// <summary>What most groups go by, for the settings of the broker that it was read from.</summary>
    private volatile Tuple<ConfigValues, TSettings>? _usual;

    public TSettings For(string groupId)
    {
        var broker = settings.Values;
        var own = controller.Image.Configs.Of(ConfigResource.Group(groupId));
        if (!own.IsEmpty)
        {
            return read(own, broker);
        }

        var usual = _usual;
        if (usual is null || !ReferenceEquals(usual.Item1, broker))
        {
            usual = Tuple.Create(broker, read(ImmutableSortedDictionary<string, string>.Empty, broker));
            _usual = usual;
        }

        return usual.Item2;
    }
}
