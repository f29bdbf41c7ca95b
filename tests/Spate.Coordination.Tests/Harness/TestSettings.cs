namespace Spate.Coordination.Tests.Harness;

/// <summary>Settings of groups that tests change.</summary>
internal sealed class TestSettings : IGroupSettings
{
    public ConsumerGroupSettings Consumer { get; set; } = ConsumerGroupSettings.Default;

    public ConsumerGroupSettings ForConsumerGroup(string groupId) => Consumer;

    public ShareGroupSettings Share { get; set; } = ShareGroupSettings.Default;

    public ShareGroupSettings ForShareGroup(string groupId) => Share;

    public StreamsGroupSettings Streams { get; set; } = StreamsGroupSettings.Default;

    public StreamsGroupSettings ForStreamsGroup(string groupId) => Streams;
}
