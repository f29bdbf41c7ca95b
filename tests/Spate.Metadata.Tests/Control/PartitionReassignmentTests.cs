using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

/// <summary>What can be said of reassignments on a node that is alone, and what is listed of those that were decided.</summary>
public sealed class PartitionReassignmentTests
{
    private static readonly Uuid Topic = new(1, 1);

    public static TheoryData<string, int, int[]?, ErrorCode> Inputs => new()
    {
        { "t", 0, [1], ErrorCode.None },
        { "t", 0, null, ErrorCode.NoReassignmentInProgress },
        { "t", 0, [], ErrorCode.InvalidReplicaAssignment },
        { "t", 0, [2], ErrorCode.InvalidReplicaAssignment },
        { "t", 0, [1, 2], ErrorCode.InvalidReplicaAssignment },
        { "t", 0, [1, 1], ErrorCode.InvalidReplicaAssignment },
        { "t", 0, [-1], ErrorCode.InvalidReplicaAssignment },
        { "t", 9, [1], ErrorCode.UnknownTopicOrPartition },
        { "t", -1, null, ErrorCode.UnknownTopicOrPartition },
        { "none", 0, [1], ErrorCode.UnknownTopicOrPartition },
        { "", 0, null, ErrorCode.UnknownTopicOrPartition },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Each_input_has_its_answer_and_decides_nothing(string topic, int partition, int[]? replicas, ErrorCode error)
    {
        var request = new AlterPartitionReassignmentsRequest
        {
            AllowReplicationFactorChange = false,
            Topics =
            [
                new AlterPartitionReassignmentsRequest.ReassignableTopic
                {
                    Name = topic,
                    Partitions = [new AlterPartitionReassignmentsRequest.ReassignablePartition { PartitionIndex = partition, Replicas = replicas?.ToList() }],
                },
            ],
        };

        var decision = PartitionReassignment.Decide(Image(), request, [1]);

        var result = Assert.Single(Assert.Single(decision.Reply.Responses).Partitions);
        Assert.Equal((partition, error, error != ErrorCode.None), (result.PartitionIndex, result.ErrorCode, result.ErrorMessage is { Length: > 0 }));
        Assert.Equal((ErrorCode.None, false), (decision.Reply.ErrorCode, decision.Reply.AllowReplicationFactorChange));
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Those_under_way_are_listed_and_no_others()
    {
        var image = Image().Apply(new PartitionRecord
        {
            TopicId = Topic,
            PartitionId = 1,
            Replicas = [1, 2],
            AddingReplicas = [2],
            RemovingReplicas = [1],
            Isr = [1],
            Leader = 1,
            LeaderEpoch = 0,
            PartitionEpoch = 1,
        });

        var all = PartitionReassignment.List(image, new ListPartitionReassignmentsRequest { Topics = null });
        var partition = Assert.Single(Assert.Single(all.Topics).Partitions);
        Assert.Equal(1, partition.PartitionIndex);
        Assert.Equal([2], partition.AddingReplicas);
        Assert.Equal([1], partition.RemovingReplicas);

        Assert.Single(PartitionReassignment.List(image, Asked("t", 0, 1)).Topics);
        Assert.Empty(PartitionReassignment.List(image, Asked("t", 0)).Topics);
        Assert.Empty(PartitionReassignment.List(image, Asked("none", 0)).Topics);
        Assert.Empty(PartitionReassignment.List(Image(), new ListPartitionReassignmentsRequest { Topics = null }).Topics);
    }

    private static ListPartitionReassignmentsRequest Asked(string topic, params int[] partitions) =>
        new() { Topics = [new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics { Name = topic, PartitionIndexes = [.. partitions] }] };

    private static ClusterImage Image()
    {
        var image = ClusterImage.Empty.Apply(new TopicRecord { Name = "t", TopicId = Topic });
        for (var index = 0; index < 2; index++)
        {
            image = image.Apply(new PartitionRecord { TopicId = Topic, PartitionId = index, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 });
        }

        return image;
    }
}
