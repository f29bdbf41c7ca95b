using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

/// <summary>Which partitions can be added, and why the others cannot.</summary>
public sealed class PartitionCreationTests
{
    private static readonly Uuid Topic = new(1, 1);

    public static TheoryData<string, int, int[][]?, ErrorCode> Wrong => new()
    {
        { "none", 5, null, ErrorCode.UnknownTopicOrPartition },
        { "", 5, null, ErrorCode.UnknownTopicOrPartition },
        { "__consumer_offsets", 5, null, ErrorCode.InvalidTopic },
        { "t", 2, null, ErrorCode.InvalidPartitions },
        { "t", 1, null, ErrorCode.InvalidPartitions },
        { "t", 0, null, ErrorCode.InvalidPartitions },
        { "t", -1, null, ErrorCode.InvalidPartitions },
        { "t", int.MinValue, null, ErrorCode.InvalidPartitions },
        { "t", 10_003, null, ErrorCode.PolicyViolation },
        { "t", int.MaxValue, null, ErrorCode.PolicyViolation },
        { "t", 4, [], ErrorCode.InvalidReplicaAssignment },
        { "t", 4, [[1, 2]], ErrorCode.InvalidReplicaAssignment },
        { "t", 4, [[1, 2], [2, 1], [1, 2]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[1, 1]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[1]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[1, 2, 3]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[1, 9]], ErrorCode.InvalidReplicaAssignment },
        { "t", 3, [[1, -1]], ErrorCode.InvalidReplicaAssignment },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_had_is_refused_with_a_reason_and_decides_nothing(string topic, int count, int[][]? assignment, ErrorCode error)
    {
        var decision = Decide(Image(), Request(topic, count, assignment));

        var result = Assert.Single(decision.Reply.Results);
        Assert.Equal((topic, error, true), (result.Name, result.ErrorCode, result.ErrorMessage is { Length: > 0 }));
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void New_partitions_follow_on_those_that_are_there_with_as_many_replicas()
    {
        var image = Image();

        var decision = Decide(image, Request("t", 5, null));

        Assert.Equal((ErrorCode.None, null), (decision.Reply.Results[0].ErrorCode, decision.Reply.Results[0].ErrorMessage));
        var after = ClusterDelta.Of(image, decision.Records).After;
        Assert.True(after.TryGetTopic(Topic, out var topic));
        Assert.Equal([0, 1, 2, 3, 4], topic.Partitions.Select(partition => partition.Index));
        Assert.All(topic.Partitions, partition => Assert.Equal(2, partition.Replicas.Distinct().Count()));
        Assert.All(topic.Partitions, partition => Assert.Equal((partition.Replicas[0], 0), (partition.Leader, partition.LeaderEpoch)));
    }

    [Fact]
    public void Replicas_that_are_given_are_taken()
    {
        var image = Image();

        var decision = Decide(image, Request("t", 4, [[3, 1], [2, 3]]));

        Assert.Equal(ErrorCode.None, decision.Reply.Results[0].ErrorCode);
        Assert.Equal([[3, 1], [2, 3]], decision.Records.Cast<PartitionRecord>().Select(record => record.Replicas));
        Assert.Equal([2, 3], decision.Records.Cast<PartitionRecord>().Select(record => record.PartitionId));
    }

    [Fact]
    public void Validate_only_says_the_same_and_decides_nothing()
    {
        var request = Request("t", 5, null);
        request.ValidateOnly = true;
        request.Topics.Add(Request("t2", 1, null).Topics[0]);

        var decision = Decide(Image(), request);

        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], decision.Reply.Results.Select(result => result.ErrorCode));
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Topic_that_is_named_twice_is_refused_once_and_the_others_are_served()
    {
        var request = Request("t", 5, null);
        request.Topics.Add(Request("t", 6, null).Topics[0]);
        request.Topics.Add(Request("other", 2, null).Topics[0]);

        var decision = Decide(Image(), request);

        Assert.Equal([("t", ErrorCode.InvalidRequest), ("other", ErrorCode.None)], decision.Reply.Results.Select(result => (result.Name, result.ErrorCode)));
        Assert.Single(decision.Records);
    }

    [Fact]
    public void Bound_holds_for_all_topics_of_a_request_together()
    {
        var request = Request("t", 2 + 9_999, null);
        request.Topics.Add(Request("other", 3, null).Topics[0]);
        request.Topics.Add(Request("third", 2, null).Topics[0]);

        var decision = Decide(Image(), request);

        Assert.Equal([ErrorCode.None, ErrorCode.PolicyViolation, ErrorCode.None], decision.Reply.Results.Select(result => result.ErrorCode));
        Assert.Equal(10_000, decision.Records.Count);
    }

    [Fact]
    public void Fewer_brokers_than_replicas_are_too_few()
    {
        var decision = new PartitionCreation([1], new Random(5)).Decide(Image(), Request("t", 3, null));

        Assert.Equal(ErrorCode.InvalidReplicationFactor, decision.Reply.Results[0].ErrorCode);
    }

    private static Decision<CreatePartitionsResponse> Decide(ClusterImage image, CreatePartitionsRequest request) =>
        new PartitionCreation([1, 2, 3], new Random(5)).Decide(image, request);

    private static CreatePartitionsRequest Request(string topic, int count, int[][]? assignment) => new()
    {
        Topics =
        [
            new CreatePartitionsRequest.CreatePartitionsTopic
            {
                Name = topic,
                Count = count,
                Assignments = assignment is null ? null : [.. assignment.Select(nodes => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = [.. nodes] })],
            },
        ],
    };

    private static ClusterImage Image()
    {
        var image = ClusterImage.Empty;
        foreach (var (name, id, count) in ((string, Uuid, int)[])[("t", Topic, 2), ("other", new(1, 2), 1), ("third", new(1, 3), 1), ("__consumer_offsets", new(1, 4), 3)])
        {
            image = image.Apply(new TopicRecord { Name = name, TopicId = id });
            for (var index = 0; index < count; index++)
            {
                image = image.Apply(new PartitionRecord { TopicId = id, PartitionId = index, Replicas = [1, 2], Isr = [1, 2], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 });
            }
        }

        return image;
    }
}
