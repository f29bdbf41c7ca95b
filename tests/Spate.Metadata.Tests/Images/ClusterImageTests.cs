using Spate.Metadata.Images;
using Spate.Metadata.Tests.Control;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Images;

public sealed class ClusterImageTests
{
    private static readonly Uuid Stranger = Uuid.NewRandom(new Random(99));

    [Fact]
    public void Apply_Records_GivesATopicByNameAndById()
    {
        var image = Topics.Image("a");

        Assert.True(image.TryGetTopic("a", out var topic));
        Assert.True(image.TryGetTopic(topic.Id, out var same));
        Assert.Same(topic, same);
        Assert.Equal([0, 1], topic.Partitions.Select(partition => partition.Index));
        Assert.Null(topic.FindPartition(2));
        Assert.Null(topic.FindPartition(-1));
    }

    [Fact]
    public void Apply_Setting_IsGivenAndTakenBack()
    {
        var image = Topics.Image("a").Apply(Config("a", "x", "1"));
        Assert.Equal("1", image.ConfigOf(image.TopicsByName["a"])["x"]);

        image = image.Apply(Config("a", "x", null));
        Assert.Empty(image.ConfigOf(image.TopicsByName["a"]));
    }

    [Fact]
    public void Apply_SettingOfABroker_IsKeptBesideThoseOfTopics()
    {
        var image = Topics.Image("a").Apply(new ConfigRecord { ResourceType = ConfigResourceType.Broker, ResourceName = "1", Name = "x", Value = "1" });

        Assert.Equal("1", image.Configs.Of(ConfigResource.Broker(1))["x"]);
        Assert.Empty(image.Configs.Of(ConfigResource.EveryBroker));
    }

    [Fact]
    public void Apply_RemovalOfATopic_TakesItsSettingsAlong()
    {
        var image = Topics.Image("a").Apply(Config("a", "x", "1"));

        image = image.Apply(new RemoveTopicRecord { TopicId = image.TopicsByName["a"].Id });

        Assert.Empty(image.Configs.ByResource);
    }

    [Fact]
    public void Apply_Removal_LeavesTheImageBeforeAsItWas()
    {
        var before = Topics.Image("a", "b");

        var after = before.Apply(new RemoveTopicRecord { TopicId = before.TopicsByName["a"].Id });

        Assert.Equal(["b"], after.TopicsByName.Keys);
        Assert.Single(after.TopicsById);
        Assert.Equal(2, before.TopicsByName.Count);
    }

    [Fact]
    public void Apply_PartitionAgain_ReplacesIt()
    {
        var image = Topics.Image("a");
        var id = image.TopicsByName["a"].Id;

        image = image.Apply(new PartitionRecord { PartitionId = 1, TopicId = id, Replicas = [1], Isr = [1], Leader = -1, LeaderEpoch = 3, PartitionEpoch = 4 });

        Assert.Equal((-1, 3, 4), (image.TopicsById[id].Partitions[1].Leader, image.TopicsById[id].Partitions[1].LeaderEpoch, image.TopicsByName["a"].Partitions[1].PartitionEpoch));
    }

    public static TheoryData<string> Nonsense => ["partition of a stranger", "removal of a stranger", "setting of a stranger", "gap", "same name", "same id", "unknown kind"];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Apply_RecordThatCannotBe_IsABrokenLog(string what)
    {
        var image = Topics.Image("a");
        var id = image.TopicsByName["a"].Id;
        IMetadataRecord record = what switch
        {
            "partition of a stranger" => new PartitionRecord { TopicId = Stranger },
            "removal of a stranger" => new RemoveTopicRecord { TopicId = Stranger },
            "setting of a stranger" => Config("b", "x", "1"),
            "gap" => new PartitionRecord { TopicId = id, PartitionId = 3 },
            "same name" => new TopicRecord { Name = "a", TopicId = Stranger },
            "same id" => new TopicRecord { Name = "b", TopicId = id },
            _ => new RemoveAccessControlEntryRecord(),
        };

        Assert.Throws<InvalidOperationException>(() => image.Apply(record));
    }

    private static ConfigRecord Config(string topic, string name, string? value) =>
        new() { ResourceType = ConfigResourceType.Topic, ResourceName = topic, Name = name, Value = value };
}
