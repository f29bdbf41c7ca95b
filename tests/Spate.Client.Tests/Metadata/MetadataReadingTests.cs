using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Metadata;

public sealed class MetadataReadingTests
{
    [Fact]
    public void Read_OlderLeaderFromABrokerThatIsBehind_KeepsTheNewerOneAndWhereItIs()
    {
        var known = MetadataReading.Read(Reply(leader: 1, epoch: 5), new ClusterMetadata());
        var learnt = MetadataReading.With(known, [new(new TopicPartition("t", 0), 3, 6)], [new(3, new("third", 9093), null)])!;

        var next = MetadataReading.Read(Reply(leader: 1, epoch: 5), learnt);

        Assert.Equal((3, 6), (next.Topics["t"].Partitions[0].Leader, next.Topics["t"].Partitions[0].LeaderEpoch));
        Assert.Equal(9093, next.Nodes[3].Address.Port);
    }

    [Fact]
    public void Read_NewLeader_ForgetsNodesThatAreNamedNoMore()
    {
        var known = MetadataReading.Read(Reply(leader: 1, epoch: 5), new ClusterMetadata());
        var learnt = MetadataReading.With(known, [new(new TopicPartition("t", 0), 3, 6)], [new(3, new("third", 9093), null)])!;

        var next = MetadataReading.Read(Reply(leader: 1, epoch: 7), learnt);

        Assert.Equal(1, next.Topics["t"].Partitions[0].Leader);
        Assert.Equal(1, Assert.Single(next.Nodes.Keys));
    }

    private static MetadataResponse Reply(int leader, int epoch) => new()
    {
        Brokers = [new() { NodeId = 1, Host = "first", Port = 9092 }],
        Topics = [new() { Name = "t", TopicId = new Uuid(1, 1), Partitions = [new() { PartitionIndex = 0, LeaderId = leader, LeaderEpoch = epoch }] }],
    };
}
