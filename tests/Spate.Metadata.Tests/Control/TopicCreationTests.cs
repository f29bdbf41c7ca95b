using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

public sealed class TopicCreationTests
{
    public static TheoryData<string, ErrorCode> Faults => new()
    {
        { "empty name", ErrorCode.InvalidTopic },
        { "illegal name", ErrorCode.InvalidTopic },
        { "exists", ErrorCode.TopicAlreadyExists },
        { "collides", ErrorCode.InvalidTopic },
        { "no partitions", ErrorCode.InvalidPartitions },
        { "negative partitions", ErrorCode.InvalidPartitions },
        { "too many partitions", ErrorCode.PolicyViolation },
        { "no replicas", ErrorCode.InvalidReplicationFactor },
        { "negative replicas", ErrorCode.InvalidReplicationFactor },
        { "more replicas than nodes", ErrorCode.InvalidReplicationFactor },
        { "bad setting", ErrorCode.InvalidConfig },
        { "setting without a value", ErrorCode.InvalidConfig },
        { "setting twice", ErrorCode.InvalidConfig },
        { "assignment and partitions", ErrorCode.InvalidRequest },
        { "assignment and replicas", ErrorCode.InvalidRequest },
        { "gap in assignment", ErrorCode.InvalidReplicaAssignment },
        { "partition assigned twice", ErrorCode.InvalidReplicaAssignment },
        { "negative partition", ErrorCode.InvalidReplicaAssignment },
        { "node twice", ErrorCode.InvalidReplicaAssignment },
        { "no node", ErrorCode.InvalidReplicaAssignment },
        { "unknown node", ErrorCode.InvalidReplicaAssignment },
        { "uneven replicas", ErrorCode.InvalidReplicaAssignment },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Decide_FaultyTopic_IsRefusedAndTheOtherIsCreated(string fault, ErrorCode error)
    {
        var decision = Decide(Topics.Image("there.it"), Topics.Create(Faulty(fault), Topics.Topic("good")));

        Assert.Equal([error, ErrorCode.None], decision.Reply.Topics.Select(topic => topic.ErrorCode));
        Assert.EndsWith(".", decision.Reply.Topics[0].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(decision.Records.OfType<TopicRecord>()).Name);
    }

    [Fact]
    public void Decide_SameNameTwice_IsRefusedOnceAndNotCreated()
    {
        var decision = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a"), Topics.Topic("b"), Topics.Topic("a")));

        Assert.Equal([("a", ErrorCode.InvalidRequest), ("b", ErrorCode.None)], decision.Reply.Topics.Select(topic => (topic.Name, topic.ErrorCode)));
        Assert.Equal("b", Assert.Single(decision.Records.OfType<TopicRecord>()).Name);
    }

    [Fact]
    public void Decide_NamesOfOneRequestThatCollide_OnlyTheFirstIsCreated()
    {
        var decision = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a.b"), Topics.Topic("a_b")));

        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopic], decision.Reply.Topics.Select(topic => topic.ErrorCode));
    }

    [Fact]
    public void Decide_ValidateOnly_AnswersAsIfAndDecidesNothing()
    {
        var request = Topics.Create(Topics.Topic("a", 3), Topics.Topic("a b"));
        request.ValidateOnly = true;

        var decision = Decide(ClusterImage.Empty, request);

        Assert.Empty(decision.Records);
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopic], decision.Reply.Topics.Select(topic => topic.ErrorCode));
        Assert.Equal((3, (short)1, true), (decision.Reply.Topics[0].NumPartitions, decision.Reply.Topics[0].ReplicationFactor, decision.Reply.Topics[0].TopicId.IsZero));
    }

    [Fact]
    public void Decide_MinusOne_TakesTheDefaults()
    {
        var decision = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a", -1, -1)));

        Assert.Equal((4, (short)1), (decision.Reply.Topics[0].NumPartitions, decision.Reply.Topics[0].ReplicationFactor));
        Assert.Equal(4, decision.Records.OfType<PartitionRecord>().Count());
    }

    [Fact]
    public void Decide_PartitionsOfAllTopics_CountAgainstOneLimit()
    {
        var decision = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a", 9_999), Topics.Topic("b", 2), Topics.Topic("c")));

        Assert.Equal([ErrorCode.None, ErrorCode.PolicyViolation, ErrorCode.None], decision.Reply.Topics.Select(topic => topic.ErrorCode));
    }

    [Fact]
    public void Decide_SeveralNodes_SpreadsLeadersEvenly()
    {
        var decision = new TopicCreation(Topics.Settings(1, 2, 3), new Random(3)).Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a", 6, 2)));

        var partitions = decision.Records.OfType<PartitionRecord>().ToList();
        Assert.All(partitions, partition => Assert.Equal(2, partition.Replicas.Distinct().Count()));
        Assert.All(partitions.CountBy(partition => partition.Leader), leader => Assert.Equal(2, leader.Value));
    }

    [Fact]
    public void Decide_AssignmentInAnyOrder_IsFollowed()
    {
        var decision = new TopicCreation(Topics.Settings(1, 2, 3), new Random(3)).Decide(
            ClusterImage.Empty, Topics.Create(Topics.Assigned("a", (1, [3, 1]), (0, [2, 3]))));

        Assert.Equal([2, 3], decision.Records.OfType<PartitionRecord>().Single(partition => partition.PartitionId == 0).Replicas);
        Assert.Equal([3, 1], decision.Records.OfType<PartitionRecord>().Single(partition => partition.PartitionId == 1).Replicas);
    }

    [Fact]
    public void Decide_SameImageRequestAndSeed_IsTheSameDecision()
    {
        var first = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a", 3)));
        var second = Decide(ClusterImage.Empty, Topics.Create(Topics.Topic("a", 3)));

        Assert.Equal(first.Reply.Topics[0].TopicId, second.Reply.Topics[0].TopicId);
    }

    private static Decision<CreateTopicsResponse> Decide(ClusterImage image, CreateTopicsRequest request) =>
        new TopicCreation(Topics.Settings(), new Random(11)).Decide(image, request);

    private static CreateTopicsRequest.CreatableTopic Faulty(string fault) => fault switch
    {
        "empty name" => Topics.Topic(""),
        "illegal name" => Topics.Topic("a b"),
        "exists" => Topics.Topic("there.it"),
        "collides" => Topics.Topic("there_it"),
        "no partitions" => Topics.Topic("a", 0),
        "negative partitions" => Topics.Topic("a", -2),
        "too many partitions" => Topics.Topic("a", 10_001),
        "no replicas" => Topics.Topic("a", 1, 0),
        "negative replicas" => Topics.Topic("a", 1, -2),
        "more replicas than nodes" => Topics.Topic("a", 1, 2),
        "bad setting" => Topics.Topic("a", 1, 1, ("bad", "1")),
        "setting without a value" => Topics.Topic("a", 1, 1, ("good", null)),
        "setting twice" => Topics.Topic("a", 1, 1, ("good", "1"), ("good", "1")),
        "assignment and partitions" => With(Topics.Assigned("a", (0, [1])), 1, -1),
        "assignment and replicas" => With(Topics.Assigned("a", (0, [1])), -1, 1),
        "gap in assignment" => Topics.Assigned("a", (0, [1]), (2, [1])),
        "partition assigned twice" => Topics.Assigned("a", (0, [1]), (0, [1])),
        "negative partition" => Topics.Assigned("a", (-1, [1])),
        "node twice" => Topics.Assigned("a", (0, [1, 1])),
        "no node" => Topics.Assigned("a", (0, [])),
        "unknown node" => Topics.Assigned("a", (0, [9])),
        "uneven replicas" => Topics.Assigned("a", (0, [1]), (1, [1, 2])),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };

    private static CreateTopicsRequest.CreatableTopic With(CreateTopicsRequest.CreatableTopic topic, int partitions, short replicas)
    {
        topic.NumPartitions = partitions;
        topic.ReplicationFactor = replicas;
        return topic;
    }
}
