namespace Spate.Coordination;

/// <summary>Defaults for every group.</summary>
internal sealed class DefaultGroupSettings : IGroupSettings
{
    private DefaultGroupSettings()
    {
    }

    public static DefaultGroupSettings Instance { get; } = new();

    public ConsumerGroupSettings ForConsumerGroup(string groupId) => ConsumerGroupSettings.Default;

    public ShareGroupSettings ForShareGroup(string groupId) => ShareGroupSettings.Default;

    public StreamsGroupSettings ForStreamsGroup(string groupId) => StreamsGroupSettings.Default;
}
