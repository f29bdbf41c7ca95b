using Spate.Broker.Configuration;
using Spate.Coordination;
using Spate.Metadata.Control;

namespace Spate.Broker.Groups;

/// <summary>What is set for groups, by themselves or by the broker. Safe for use by several threads at once.</summary>
internal sealed class ConfiguredGroups(Controller controller, BrokerSettings settings) : IGroupSettings
{
    private readonly ConfiguredKind<ConsumerGroupSettings> _consumer = new(controller, settings, (own, broker) => new ConsumerGroupSettings(
        GroupSettingKeys.NumberOf("consumer.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("consumer.heartbeat.interval.ms", own, broker)));

    private readonly ConfiguredKind<ShareGroupSettings> _share = new(controller, settings, (own, broker) => new ShareGroupSettings(
        GroupSettingKeys.NumberOf("share.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("share.heartbeat.interval.ms", own, broker)));

    private readonly ConfiguredKind<StreamsGroupSettings> _streams = new(controller, settings, (own, broker) => new StreamsGroupSettings(
        GroupSettingKeys.NumberOf("streams.session.timeout.ms", own, broker),
        GroupSettingKeys.NumberOf("streams.heartbeat.interval.ms", own, broker),
        GroupSettingKeys.NumberOf("streams.num.standby.replicas", own, broker),
        GroupSettingKeys.NumberOf("streams.initial.rebalance.delay.ms", own, broker),
        GroupSettingKeys.NumberOf("streams.num.warmup.replicas", own, broker),
        GroupSettingKeys.NumberOf("streams.acceptable.recovery.lag", own, broker),
        GroupSettingKeys.NumberOf("streams.task.offset.interval.ms", own, broker)));

    public ConsumerGroupSettings ForConsumerGroup(string groupId) => _consumer.For(groupId);

    public ShareGroupSettings ForShareGroup(string groupId) => _share.For(groupId);

    public StreamsGroupSettings ForStreamsGroup(string groupId) => _streams.For(groupId);
}
