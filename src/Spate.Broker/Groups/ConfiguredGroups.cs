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
    private Tuple<ConfigValues, ConsumerGroupSettings>? _usual;
    private Tuple<ConfigValues, ShareGroupSettings>? _usualShare;

    public ConsumerGroupSettings ForConsumerGroup(string groupId) => For(groupId, ref _usual, Read);

    public ShareGroupSettings ForShareGroup(string groupId) => For(groupId, ref _usualShare, ReadShare);

    private TSettings For<TSettings>(
        string groupId, ref Tuple<ConfigValues, TSettings>? kept, Func<IReadOnlyDictionary<string, string>, ConfigValues, TSettings> read)
    {
        var broker = settings.Values;
        var own = controller.Image.Configs.Of(ConfigResource.Group(groupId));
        if (!own.IsEmpty)
        {
            return read(own, broker);
        }

        var usual = Volatile.Read(ref kept);
        if (usual is null || !ReferenceEquals(usual.Item1, broker))
        {
            usual = Tuple.Create(broker, read(ImmutableSortedDictionary<string, string>.Empty, broker));
            Volatile.Write(ref kept, usual);
        }

        return usual.Item2;
    }

    private static ShareGroupSettings ReadShare(IReadOnlyDictionary<string, string> own, ConfigValues broker) => new(
        GroupSettingKeys.NumberOf("share.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("share.heartbeat.interval.ms", own, broker));

    private static ConsumerGroupSettings Read(IReadOnlyDictionary<string, string> own, ConfigValues broker) => new(
        GroupSettingKeys.NumberOf("consumer.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("consumer.heartbeat.interval.ms", own, broker));
}
