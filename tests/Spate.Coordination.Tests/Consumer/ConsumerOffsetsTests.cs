using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>Offsets of groups of the consumer protocol, and what operators see and do of such groups.</summary>
public sealed class ConsumerOffsetsTests
{
    private readonly Bench _bench = new();
    private readonly TestConsumer _member;

    public ConsumerOffsetsTests()
    {
        _bench.Topics.Set("t", 2);
        _member = new TestConsumer(_bench, "m");
        _member.Subscribe("t");
        _member.Beat();
    }

    [Theory]
    [InlineData("m", 1, 9, ErrorCode.None)]
    [InlineData("m", 0, 9, ErrorCode.StaleMemberEpoch)]
    [InlineData("m", 2, 9, ErrorCode.StaleMemberEpoch)]
    [InlineData("m", 1, 8, ErrorCode.UnsupportedVersion)]
    [InlineData("n", 1, 9, ErrorCode.UnknownMemberId)]
    [InlineData("", -1, 9, ErrorCode.UnknownMemberId)]
    public async Task Commit_is_taken_from_a_member_in_its_epoch(string memberId, int epoch, short version, ErrorCode error)
    {
        var answer = Bench.Now(_bench.Commit(new TestMember(memberId, epoch, false), version: version));

        Assert.Equal(error, Bench.Only(answer));
        Assert.Equal(error == ErrorCode.None ? 5 : -1, await _bench.Committed());
    }

    /// <summary>What a member reads beside its assignment is its own affair, as with Kafka; an operator's tool may be such a member.</summary>
    [Fact]
    public async Task Commit_of_a_member_for_a_partition_that_it_was_never_assigned_is_taken()
    {
        _bench.Topics.Set("u", 1);
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit(new TestMember("m", 1, false), topic: "u", version: 9))));
        Assert.Equal(5, await _bench.Committed(topic: "u"));
    }

    /// <summary>The request has no word for an epoch that has passed but that for a generation that has (KIP-447).</summary>
    [Theory]
    [InlineData("m", 1, ErrorCode.None)]
    [InlineData("m", 0, ErrorCode.IllegalGeneration)]
    [InlineData("m", 2, ErrorCode.IllegalGeneration)]
    [InlineData("m", -1, ErrorCode.IllegalGeneration)]
    [InlineData("n", 1, ErrorCode.UnknownMemberId)]
    [InlineData("", -1, ErrorCode.None)]
    public async Task Commit_in_a_transaction_is_held_to_the_epoch_of_who_says_that_it_is_a_member(string memberId, int epoch, ErrorCode error)
    {
        Assert.Equal(error, CommitInTransaction(memberId, epoch));
        Assert.Equal(ErrorCode.None, await _bench.Coordinator.EndTransactionAsync(0, new TransactionEnd(7, 1, IsCommit: true, 1, 2)));
        Assert.Equal(error == ErrorCode.None ? 5 : -1, await _bench.Committed());
    }

    [Fact]
    public void Commit_in_a_transaction_of_a_member_that_has_gone_is_refused()
    {
        _member.Leave();
        Assert.Equal(ErrorCode.UnknownMemberId, CommitInTransaction("m", 1));
        Assert.Equal(ErrorCode.None, CommitInTransaction("", -1));
    }

    [Fact]
    public void Commit_of_a_client_that_is_no_member_is_taken_when_there_are_none()
    {
        _member.Leave();
        Assert.Equal(ErrorCode.None, Bench.Only(Bench.Now(_bench.Commit())));
    }

    [Theory]
    [InlineData("m", 1, ErrorCode.None)]
    [InlineData("m", 2, ErrorCode.StaleMemberEpoch)]
    [InlineData("n", 1, ErrorCode.UnknownMemberId)]
    [InlineData(null, -1, ErrorCode.None)]
    public async Task Fetch_is_held_to_the_epoch_of_who_says_that_it_is_a_member(string? memberId, int epoch, ErrorCode error)
    {
        var request = new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = "g",
                    MemberId = memberId,
                    MemberEpoch = epoch,
                    Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", PartitionIndexes = [0] }],
                },
            ],
        };

        var response = await _bench.Coordinator.OffsetFetchAsync(request, new GroupClient("c", "/10.0.0.1", 9));

        Assert.Equal(error, Assert.Single(response.Groups).ErrorCode);
    }

    [Theory]
    [InlineData(5, ErrorCode.None)]
    [InlineData(6, ErrorCode.GroupIdNotFound)]
    public async Task To_who_asks_for_classic_groups_there_is_none(short version, ErrorCode error)
    {
        var described = await _bench.Describe(version: version);
        Assert.Equal((error, "Dead"), (described.ErrorCode, described.GroupState));
    }

    [Fact]
    public void To_who_asks_for_groups_of_the_consumer_protocol_a_classic_one_is_none()
    {
        _bench.Stable(1, group: "classic");
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DescribeConsumer("classic").ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, _bench.DescribeConsumer("none").ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, _bench.DescribeConsumer("").ErrorCode);
    }

    [Theory]
    [InlineData("", "", "classic g")]
    [InlineData("Consumer", "", "g")]
    [InlineData("classic", "", "classic")]
    [InlineData("", "stable", "classic g")]
    [InlineData("consumer", "Assigning,Reconciling", "")]
    [InlineData("share", "", "")]
    public async Task List_is_filtered_by_types_and_states(string types, string states, string expected)
    {
        _bench.Stable(1, group: "classic");
        var request = new ListGroupsRequest
        {
            TypesFilter = [.. types.Split(',', StringSplitOptions.RemoveEmptyEntries)],
            StatesFilter = [.. states.Split(',', StringSplitOptions.RemoveEmptyEntries)],
        };

        var groups = (await _bench.Coordinator.ListGroupsAsync(request)).Groups;

        Assert.Equal(expected, string.Join(' ', groups.Select(group => group.GroupId).Order(StringComparer.Ordinal)));
        Assert.All(groups.Where(group => group.GroupId == "g"), group => Assert.Equal(("consumer", "consumer", "Stable"), (group.GroupType, group.ProtocolType, group.GroupState)));
    }

    [Fact]
    public async Task Group_is_deleted_when_it_is_empty_and_leaves_nothing_behind()
    {
        await _bench.Commit(new TestMember("m", 1, false), version: 9);
        Assert.Equal(ErrorCode.NonEmptyGroup, await _bench.Delete());
        _member.Leave();
        Assert.Equal(ErrorCode.None, await _bench.Delete());
        Assert.Equal("", _bench.Dump());
        Assert.Equal("", _bench.TakeOver().Dump());
        Assert.Equal(0, _bench.Coordinator.Count().Groups);
        Assert.Equal(ErrorCode.GroupIdNotFound, await _bench.Delete());
    }

    [Theory]
    [InlineData("t", ErrorCode.GroupSubscribedToTopic)]
    [InlineData("u", ErrorCode.None)]
    public async Task Offsets_of_what_is_read_are_not_deleted(string topic, ErrorCode error)
    {
        var response = await _bench.Coordinator.OffsetDeleteAsync(new OffsetDeleteRequest
        {
            GroupId = "g",
            Topics = [new OffsetDeleteRequest.OffsetDeleteRequestTopic { Name = topic, Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = 0 }] }],
        });

        Assert.Equal(error, response.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Offsets_expire_of_topics_that_are_not_read_and_then_the_empty_group()
    {
        await _bench.Commit(new TestMember("m", 1, false), version: 9);
        await _bench.Commit(new TestMember("m", 1, false), topic: "u", version: 9);
        for (var day = 0; day < 8; day++)
        {
            for (var beat = 0; beat < 24 * 60 * 2; beat++)
            {
                _bench.Time.Advance(TimeSpan.FromSeconds(30));
                _member.Beat();
            }
        }

        Assert.Equal((5, -1), (await _bench.Committed(), await _bench.Committed(topic: "u")));
        _member.Leave();
        _bench.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal("", _bench.Dump());
    }

    [Fact]
    public void Groups_are_counted_by_their_states()
    {
        Assert.Equal(1, _bench.Coordinator.Count().ConsumerByState["Stable"]);
        var other = new TestConsumer(_bench, "n");
        other.Subscribe("t");
        other.Beat();
        Assert.Equal((0, 1), (_bench.Coordinator.Count().ConsumerByState["Stable"], _bench.Coordinator.Count().ConsumerByState["Reconciling"]));
        Assert.Equal((0, 1), (_bench.Coordinator.Count().ByState.Values.Sum(), _bench.Coordinator.Count().Groups));
        other.Leave();
        _member.Leave();
        Assert.Equal(1, _bench.Coordinator.Count().ConsumerByState["Empty"]);
        Assert.Equal(1, _bench.TakeOver().Coordinator.Count().ConsumerByState["Empty"]);
        Assert.Equal(2, _bench.Coordinator.Figures.ConsumerRebalances);
    }

    private ErrorCode CommitInTransaction(string memberId, int epoch) => Bench.Now(_bench.Coordinator.TxnOffsetCommitAsync(
        new TxnOffsetCommitRequest
        {
            TransactionalId = "x",
            GroupId = "g",
            ProducerId = 7,
            ProducerEpoch = 0,
            MemberId = memberId,
            GenerationId = epoch,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5 }] }],
        },
        0).AsTask()).Topics[0].Partitions[0].ErrorCode;
}
