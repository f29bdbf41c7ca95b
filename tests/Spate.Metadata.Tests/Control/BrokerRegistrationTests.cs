using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

public sealed class BrokerRegistrationTests
{
    [Fact]
    public void Decide_OnAFreshCluster_BeginsWithTheLevelsOfAllFeatures()
    {
        var decision = Registration(1).Decide(ClusterImage.Empty);

        var level = Assert.IsType<FeatureLevelRecord>(decision.Records[0]);
        Assert.Equal(("metadata.version", (short)29), (level.Name, level.FeatureLevel));
        Assert.Equal(Features.Supported.Count, decision.Records.OfType<FeatureLevelRecord>().Count());

        var broker = Assert.IsType<RegisterBrokerRecord>(decision.Records[^1]);
        Assert.Equal(decision.Records.Count - 1, broker.BrokerEpoch);
        Assert.Equal(decision.Reply, broker.BrokerEpoch);
        Assert.False(broker.Fenced);
        Assert.Equal("rack", broker.Rack);
        Assert.Equal([new Uuid(3, 3)], broker.LogDirs);
        Assert.Equal(["metadata.version", "group.version", "share.version", "streams.version", "transaction.version"], broker.Features.Select(feature => feature.Name));
    }

    [Fact]
    public void Decide_Again_IsALaterEpochAndLeavesTheLevels()
    {
        var image = Apply(ClusterImage.Empty, Registration(1).Decide(ClusterImage.Empty));
        var again = Registration(1).Decide(image);

        Assert.Equal(image.Position.EndOffset, Assert.IsType<RegisterBrokerRecord>(Assert.Single(again.Records)).BrokerEpoch);
        Assert.Equal(image.Position.EndOffset, Apply(image, again).Brokers.Find(1)!.Epoch);
    }

    [Fact]
    public void Decide_OnAClusterOfAnOldLevel_NamesNoDirectories()
    {
        var image = ClusterImage.Empty.Apply(new FeatureLevelRecord { Name = "metadata.version", FeatureLevel = 16 });

        Assert.Empty(Assert.IsType<RegisterBrokerRecord>(Assert.Single(Registration(1).Decide(image).Records)).LogDirs);
    }

    [Fact]
    public void Unregister_WhoIsNotThere_IsRefused()
    {
        var decision = BrokerUnregistration.Decide(Cluster(), new UnregisterBrokerRequest { BrokerId = 9 }, _ => false);

        Assert.Equal(ErrorCode.BrokerIdNotRegistered, decision.Reply.ErrorCode);
        Assert.Contains("9", decision.Reply.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Unregister_WhoRuns_IsRefused()
    {
        var decision = BrokerUnregistration.Decide(Cluster(), new UnregisterBrokerRequest { BrokerId = 1 }, id => id == 1);

        Assert.Equal(ErrorCode.InvalidRequest, decision.Reply.ErrorCode);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Unregister_OneOfThree_LeavesItsPartitionsToThoseInSync()
    {
        var before = Cluster(
            Partition(0, leader: 1, replicas: [1, 2, 3], inSync: [3, 1, 2]),
            Partition(1, leader: 2, replicas: [2, 1], inSync: [1, 2]),
            Partition(2, leader: 1, replicas: [1, 2], inSync: [1]),
            Partition(3, leader: 2, replicas: [1, 2], inSync: [2]));

        var after = Apply(before, BrokerUnregistration.Decide(before, new UnregisterBrokerRequest { BrokerId = 1 }, _ => false));

        Assert.Null(after.Brokers.Find(1));
        Assert.Equal(
            ["2/3,2/1/1", "2/2/0/1", "-1/1/1/1", "2/2/0/0"],
            after.TopicsByName["t"].Partitions.Select(each => $"{each.Leader}/{string.Join(',', each.InSyncReplicas)}/{each.LeaderEpoch}/{each.PartitionEpoch}"));
    }

    [Fact]
    public void Unregister_WithOnlyFencedBrokersInSync_LeavesNoLeader()
    {
        var before = Cluster(Partition(0, leader: 1, replicas: [1, 2], inSync: [1, 2])).Apply(new FenceBrokerRecord { Id = 2, Epoch = 20 });

        var after = Apply(before, BrokerUnregistration.Decide(before, new UnregisterBrokerRequest { BrokerId = 1 }, _ => false));

        Assert.Equal(-1, after.TopicsByName["t"].Partitions[0].Leader);
        Assert.Equal([2], after.TopicsByName["t"].Partitions[0].InSyncReplicas.ToArray());
    }

    [Fact]
    public void ProducerIds_Block_FollowsTheLastOne()
    {
        var image = Cluster();
        var first = ProducerIdBlock.Decide(image, 1);
        Assert.Equal(new ProducerIdBlock(0, 1000), first.Reply);
        var record = Assert.IsType<ProducerIdsRecord>(Assert.Single(first.Records));
        Assert.Equal((1, 10L, 1000L), (record.BrokerId, record.BrokerEpoch, record.NextProducerId));

        Assert.Equal(new ProducerIdBlock(1000, 1000), ProducerIdBlock.Decide(Apply(image, first), 2).Reply);
    }

    [Fact]
    public void ProducerIds_AtTheEndOfTheWorld_AreNoMore()
    {
        var image = Cluster().Apply(new ProducerIdsRecord { NextProducerId = long.MaxValue - 999 });

        var decision = ProducerIdBlock.Decide(image, 1);

        Assert.Equal(0, decision.Reply.Count);
        Assert.Empty(decision.Records);
        Assert.Equal(1000, ProducerIdBlock.Decide(Cluster().Apply(new ProducerIdsRecord { NextProducerId = long.MaxValue - 1000 }), 1).Reply.Count);
    }

    private static ClusterImage Apply<TReply>(ClusterImage image, Decision<TReply> decision) => ClusterDelta.Of(image, decision.Records).After;

    private static BrokerRegistration Registration(int id) => new()
    {
        NodeId = id,
        IncarnationId = new Uuid(1, 2),
        EndPoints = [new BrokerEndPoint("PLAINTEXT", "host", 9092, 0)],
        Rack = "rack",
        LogDirs = [new Uuid(3, 3)],
    };

    private static PartitionRecord Partition(int index, int leader, List<int> replicas, List<int> inSync) => new()
    {
        TopicId = new Uuid(8, 8),
        PartitionId = index,
        Replicas = replicas,
        Isr = inSync,
        Leader = leader,
        LeaderEpoch = 0,
        PartitionEpoch = 0,
    };

    /// <summary>Brokers 1, 2 and 3 of the epochs 10, 20 and 30, none fenced, and a topic.</summary>
    private static ClusterImage Cluster(params PartitionRecord[] partitions)
    {
        var image = ClusterImage.Empty;
        for (var id = 1; id <= 3; id++)
        {
            image = image.Apply(new RegisterBrokerRecord { BrokerId = id, BrokerEpoch = id * 10, Fenced = false });
        }

        image = image.Apply(new TopicRecord { Name = "t", TopicId = new Uuid(8, 8) });
        return partitions.Aggregate(image, (current, record) => current.Apply(record));
    }
}
