using Spate.Metadata.Images;
using Spate.Metadata.Tests.Control;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Images;

public sealed class ClusterDeltaTests
{
    private static readonly Uuid NewId = new(7, 7);

    [Fact]
    public void Of_NewTopic_IsCreatedAndNothingElse()
    {
        var delta = ClusterDelta.Of(Topics.Image("a"), [new TopicRecord { Name = "b", TopicId = NewId }, Partition(NewId, 0)]);

        Assert.Equal(["b"], delta.CreatedTopics.Select(topic => topic.Name));
        Assert.Empty(delta.DeletedTopics);
        Assert.Empty(delta.ChangedTopics);
    }

    [Fact]
    public void Of_RemovedTopic_IsDeleted()
    {
        var before = Topics.Image("a").Apply(Config("a", "1"));

        var delta = ClusterDelta.Of(before, [Config("a", "2"), new RemoveTopicRecord { TopicId = before.TopicsByName["a"].Id }]);

        Assert.Equal(["a"], delta.DeletedTopics.Select(topic => topic.Name));
        Assert.Empty(delta.ChangedTopics);
        Assert.False(delta.After.TryGetTopic("a", out _));
    }

    [Fact]
    public void Of_NewPartition_ChangesItsTopic()
    {
        var before = Topics.Image("a", "b");
        var topic = before.TopicsByName["a"];

        var delta = ClusterDelta.Of(before, [Partition(topic.Id, topic.Partitions.Length)]);

        Assert.Equal(topic.Partitions.Length + 1, Assert.Single(delta.ChangedTopics).Partitions.Length);
        Assert.Empty(delta.CreatedTopics);
    }

    [Fact]
    public void Of_SettingThatEndsAsItWas_ChangesNothing()
    {
        var before = Topics.Image("a").Apply(Config("a", "1"));

        Assert.Equal([ConfigResource.Topic("a")], ClusterDelta.Of(before, [Config("a", "2")]).ChangedConfigs);
        Assert.Empty(ClusterDelta.Of(before, [Config("a", "1")]).ChangedConfigs);
    }

    private static PartitionRecord Partition(Uuid topic, int index) =>
        new() { TopicId = topic, PartitionId = index, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 };

    private static ConfigRecord Config(string topic, string value) =>
        new() { ResourceType = ConfigResourceType.Topic, ResourceName = topic, Name = "x", Value = value };
}
