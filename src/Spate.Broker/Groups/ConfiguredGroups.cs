using System.Collections.Immutable;
using Spate.Broker.Configuration;
using Spate.Coordination;
using Spate.Metadata.Control;
using Spate.Metadata.Images;

namespace Spate.Broker.Groups;

/// <summary>What is set for groups, by themselves or by the broker. Safe for use by several threads at once.</summary>
internal sealed class ConfiguredGroups(Controller controller, BrokerSettings settings) : IGroupSettings
{
    /// <summary>What most groups go by, for the settings of the broker that it was read from.</summary>
    private volatile Tuple<ConfigValues, ConsumerGroupSettings>? _usual;

    public ConsumerGroupSettings ForConsumerGroup(string groupId)
    {
        var broker = settings.Values;
        var own = controller.Image.Configs.Of(ConfigResource.Group(groupId));
        if (!own.IsEmpty)
        {
            return Read(own, broker);
        }

        var usual = _usual;
        if (usual is null || !ReferenceEquals(usual.Item1, broker))
        {
            usual = Tuple.Create(broker, Read(ImmutableSortedDictionary<string, string>.Empty, broker));
            _usual = usual;
        }

        return usual.Item2;
    }

    private static ConsumerGroupSettings Read(IReadOnlyDictionary<string, string> own, ConfigValues broker) => new(
        GroupSettingKeys.NumberOf("consumer.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("consumer.heartbeat.interval.ms", own, broker));
}
