using Spate.Broker.Groups;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Groups;

/// <summary>What the coordinator of groups is told of topics out of what has been decided.</summary>
public sealed class ImageTopicViewTests
{
    private static readonly Uuid Topic = new(1, 1);

    [Fact]
    public void Partitions_stand_where_the_brokers_of_their_replicas_say_they_do()
    {
        var image = ClusterImage.Empty.Apply([Broker(1, "x"), Broker(2, "y"), Broker(3, rack: null), Broker(4, "x"), new TopicRecord { Name = "t", TopicId = Topic },
            Partition(0, 1, 2), Partition(1, 3), Partition(2, 4, 1, 3)]);

        var described = new ImageTopicView(image).Find("t")!;

        Assert.True(described.HasRacks);
        Assert.Equal([["x", "y"], [], ["x"]], Enumerable.Range(0, 3).Select(described.RacksOf));
    }

    [Fact]
    public void A_cluster_whose_brokers_stand_nowhere_has_no_racks()
    {
        var image = ClusterImage.Empty.Apply([Broker(1, rack: null), new TopicRecord { Name = "t", TopicId = Topic }, Partition(0, 1)]);

        Assert.False(new ImageTopicView(image).Find(Topic)!.HasRacks);
    }

    [Fact]
    public void A_broker_that_comes_back_in_another_rack_is_another_view()
    {
        var image = ClusterImage.Empty.Apply([Broker(1, "x"), new TopicRecord { Name = "t", TopicId = Topic }, Partition(0, 1)]);
        var view = new ImageTopicView(image);
        var moved = image.Apply([Broker(1, "y", epoch: 6)]);

        Assert.True(view.IsOf(image));
        Assert.False(view.IsOf(moved));
        Assert.Equal(["y"], new ImageTopicView(moved).Find("t")!.RacksOf(0));
    }

    private static RegisterBrokerRecord Broker(int id, string? rack, long epoch = 5) => new() { BrokerId = id, BrokerEpoch = epoch, Rack = rack };

    private static PartitionRecord Partition(int index, params int[] replicas) =>
        new() { TopicId = Topic, PartitionId = index, Replicas = [.. replicas], Isr = [.. replicas], Leader = replicas[0] };
}
