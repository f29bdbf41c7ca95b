using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

/// <summary>Who is elected, and what is said where nobody is.</summary>
public sealed class LeaderElectionTests
{
    private const sbyte Preferred = 0;
    private const sbyte Unclean = 1;

    private static readonly Uuid Topic = new(1, 1);

    [Theory]
    [InlineData(Preferred, 1, "1,2", "1,2,3", ErrorCode.ElectionNotNeeded, -1)]
    [InlineData(Preferred, 2, "1,2", "1,2,3", ErrorCode.None, 1)]
    [InlineData(Preferred, 2, "2", "1,2,3", ErrorCode.PreferredLeaderNotAvailable, -1)]
    [InlineData(Preferred, 2, "1,2", "2,3", ErrorCode.PreferredLeaderNotAvailable, -1)]
    [InlineData(Preferred, 1, "1,2", "2,3", ErrorCode.PreferredLeaderNotAvailable, -1)]
    [InlineData(Unclean, 1, "1,2", "1,2,3", ErrorCode.ElectionNotNeeded, -1)]
    [InlineData(Unclean, 2, "2", "1,2,3", ErrorCode.ElectionNotNeeded, -1)]
    [InlineData(Unclean, 1, "1", "2,3", ErrorCode.None, 2)]
    [InlineData(Unclean, -1, "1", "3", ErrorCode.None, 3)]
    [InlineData(Unclean, 1, "1,2", "", ErrorCode.EligibleLeadersNotAvailable, -1)]
    [InlineData(Preferred, -1, "1", "", ErrorCode.PreferredLeaderNotAvailable, -1)]
    public void Each_state_has_its_answer(sbyte type, int leader, string inSync, string alive, ErrorCode error, int elected)
    {
        var image = Image(leader, Nodes(inSync));

        var decision = LeaderElection.Decide(image, Request(type, "t", 0), (node, _) => Nodes(alive).Contains(node));

        var result = Assert.Single(Assert.Single(decision.Reply.ReplicaElectionResults).PartitionResult);
        Assert.Equal((error, error != ErrorCode.None), (result.ErrorCode, result.ErrorMessage is not null));
        if (elected < 0)
        {
            Assert.Empty(decision.Records);
            return;
        }

        var after = ClusterDelta.Of(image, decision.Records).After.TopicsById[Topic].Partitions[0];
        Assert.Equal((elected, 5, 8), (after.Leader, after.LeaderEpoch, after.PartitionEpoch));
        Assert.Contains(elected, after.InSyncReplicas);
        Assert.Equal(Nodes(inSync).Contains(elected) ? Nodes(inSync) : [elected], after.InSyncReplicas);
    }

    [Fact]
    public void A_leader_that_is_deposed_leaves_an_epoch_without_one_and_those_in_sync_can_be_elected()
    {
        var image = Image(2, [1, 2]);

        var decision = LeaderDeposition.Decide(image, new TopicPartition("t", 0));

        Assert.Equal(ErrorCode.None, decision.Reply);
        var delta = ClusterDelta.Of(image, decision.Records);
        var after = delta.After.TopicsById[Topic].Partitions[0];
        Assert.Equal((-1, 5, 8), (after.Leader, after.LeaderEpoch, after.PartitionEpoch));
        Assert.Equal<int>([1, 2], after.InSyncReplicas);
        Assert.Equal(ErrorCode.LeaderNotAvailable, LeaderDeposition.Decide(delta.After, new TopicPartition("t", 0)).Reply);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, LeaderDeposition.Decide(image, new TopicPartition("t", 7)).Reply);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, LeaderDeposition.Decide(image, new TopicPartition("u", 0)).Reply);
    }

    [Theory]
    [InlineData(-1, "1,2", 2, true)]
    [InlineData(-1, "1", 2, false)]
    [InlineData(1, "1,2", 2, false)]
    public void A_broker_that_arrives_leads_what_nobody_leads_and_it_has_all_of(int leader, string inSync, int arrived, bool leads)
    {
        var image = Image(leader, Nodes(inSync));
        var registration = new BrokerRegistration { NodeId = arrived, IncarnationId = new Uuid(1, 2), EndPoints = [], LogDirs = [] };

        var after = ClusterDelta.Of(image, registration.Decide(image).Records).After.TopicsById[Topic].Partitions[0];

        Assert.Equal(leads ? (arrived, 5) : (leader, 4), (after.Leader, after.LeaderEpoch));
    }

    [Theory]
    [InlineData(Preferred, 2, "1,2", 1, "3")]
    [InlineData(Unclean, -1, "2", 3, "")]
    [InlineData(Unclean, -1, "2", 1, "3")]
    public void What_the_election_does_not_decide_stays_as_it_was(sbyte type, int leader, string inSync, int elected, string eligible)
    {
        var record = Partition(leader, Nodes(inSync));
        record.AddingReplicas = [3];
        record.RemovingReplicas = [2];
        record.Directories = [new(9, 1), new(9, 2), new(9, 3)];
        record.EligibleLeaderReplicas = [3];
        record.LastKnownElr = [2];
        var image = Image(record);
        var before = image.TopicsById[Topic].Partitions[0];

        var decision = LeaderElection.Decide(image, Request(type, "t", 0), (node, _) => node == elected);

        var after = ClusterDelta.Of(image, decision.Records).After.TopicsById[Topic].Partitions[0];
        Assert.Equal((elected, 5, 8), (after.Leader, after.LeaderEpoch, after.PartitionEpoch));
        Assert.Equal(Nodes(inSync).Contains(elected) ? Nodes(inSync) : [elected], after.InSyncReplicas.ToArray());
        Assert.Equal(Nodes(eligible), after.EligibleLeaders!.Value.ToArray());
        Assert.Equal(before.Directories.ToArray(), after.Directories.ToArray());
        Assert.Equal([3], after.AddingReplicas.ToArray());
        Assert.Equal([2], after.RemovingReplicas.ToArray());
        Assert.Equal([2], after.LastKnownEligibleLeaders!.Value.ToArray());
        Assert.Equal(before.Replicas.ToArray(), after.Replicas.ToArray());
    }

    [Theory]
    [InlineData("t", 1)]
    [InlineData("t", -1)]
    [InlineData("none", 0)]
    [InlineData("", 0)]
    public void Unknown_partition_is_refused(string topic, int partition)
    {
        var decision = LeaderElection.Decide(Image(1, [1, 2]), Request(Preferred, topic, partition), static (_, _) => true);

        var result = decision.Reply.ReplicaElectionResults[0].PartitionResult[0];
        Assert.Equal((partition, ErrorCode.UnknownTopicOrPartition), (result.PartitionId, result.ErrorCode));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Unknown_kind_of_election_is_refused_as_a_whole(sbyte type)
    {
        var decision = LeaderElection.Decide(Image(2, [1, 2]), Request(type, "t", 0), static (_, _) => true);

        Assert.Equal((ErrorCode.InvalidRequest, 0), (decision.Reply.ErrorCode, decision.Reply.ReplicaElectionResults.Count));
        Assert.Empty(decision.Records);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Where_all_are_asked_for_only_those_are_told_of_that_needed_it(int leader, int told)
    {
        var decision = LeaderElection.Decide(Image(leader, [1, 2]), new ElectLeadersRequest { ElectionType = Preferred, TopicPartitions = null }, static (_, _) => true);

        Assert.Equal(told, decision.Reply.ReplicaElectionResults.Count);
        Assert.Equal(told, decision.Records.Count);
    }

    private static int[] Nodes(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(node => node[0] - '0')];

    private static ElectLeadersRequest Request(sbyte type, string topic, int partition) => new()
    {
        ElectionType = type,
        TopicPartitions = [new ElectLeadersRequest.ElectionTopic { Topic = topic, Partitions = [partition] }],
    };

    private static ClusterImage Image(int leader, int[] inSync) => Image(Partition(leader, inSync));

    private static ClusterImage Image(PartitionRecord partition) => ClusterImage.Empty.Apply(new TopicRecord { Name = "t", TopicId = Topic }).Apply(partition);

    private static PartitionRecord Partition(int leader, int[] inSync) =>
        new() { TopicId = Topic, PartitionId = 0, Replicas = [1, 2, 3], Isr = [.. inSync], Leader = leader, LeaderEpoch = 4, PartitionEpoch = 7 };
}
