using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class PartitionAdminTests
{
    private static readonly TopicPartition First = new("t", 0);
    private static readonly TopicPartition Missing = new("t", 7);
    private static readonly TopicPartition Nowhere = new("nowhere", 0);

    [Fact]
    public async Task Offsets_are_found_by_mark_and_by_time_and_no_topic_is_made_by_asking()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.ProduceAsync("t", 3);

        var latest = await ListAsync(fixture, First, OffsetSpec.Latest);
        var earliest = await ListAsync(fixture, First, OffsetSpec.Earliest);
        var late = await ListAsync(fixture, First, OffsetSpec.At(DateTimeOffset.UtcNow.AddDays(1)));
        var early = await ListAsync(fixture, First, OffsetSpec.At(DateTimeOffset.UtcNow.AddDays(-1)));
        var newest = await ListAsync(fixture, First, OffsetSpec.MaxTimestamp);
        var local = await ListAsync(fixture, First, OffsetSpec.EarliestLocal);
        Assert.Equal((3L, 0L, null, 0L, 0L), (latest.Value.Offset, earliest.Value.Offset, late.Value.Offset, early.Value.Offset, local.Value.Offset));
        Assert.NotNull(early.Value.Timestamp);
        Assert.Equal(DateTimeOffset.UtcNow, newest.Value.Timestamp!.Value, TimeSpan.FromMinutes(10));
        Assert.InRange(newest.Value.Offset!.Value, 0, 2);

        var both = await fixture.Admin.Partitions.ListOffsetsAsync(
            new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.Latest, [Missing] = OffsetSpec.Latest, [Nowhere] = OffsetSpec.Latest }, IsolationLevel.ReadCommitted).OrTimeout("the offsets");
        Assert.Equal(3, both[First].Value.Offset);
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, Missing), (both[Missing].Error!.ErrorCode, both[Missing].Error!.Partition!.Value));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, both[Nowhere].Error!.ErrorCode);
        Assert.Equal(["t"], (await fixture.Admin.Topics.ListAsync().OrTimeout("the list")).Select(topic => topic.Name));
    }

    [Fact]
    public async Task Records_are_deleted_up_to_an_offset_or_all_of_them()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.ProduceAsync("t", 5);

        var deleted = await fixture.Admin.Partitions.DeleteRecordsAsync(new Dictionary<TopicPartition, long> { [First] = 2, [Missing] = 1 }).OrTimeout("the deletion");
        Assert.Equal(2, deleted[First].Value);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, deleted[Missing].Error!.ErrorCode);
        Assert.Equal(2, (await ListAsync(fixture, First, OffsetSpec.Earliest)).Value.Offset);

        var tooFar = await fixture.Admin.Partitions.DeleteRecordsAsync(new Dictionary<TopicPartition, long> { [First] = 9 }).OrTimeout("the refusal");
        Assert.Equal(ErrorCode.OffsetOutOfRange, tooFar[First].Error!.ErrorCode);
        var all = await fixture.Admin.Partitions.DeleteRecordsAsync(new Dictionary<TopicPartition, long> { [First] = PartitionAdmin.AllRecords }).OrTimeout("the deletion");
        Assert.Equal(5, all[First].Value);
    }

    [Fact]
    public async Task Producers_are_described_at_the_leader_or_at_a_named_broker()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        await fixture.ProduceAsync("t", 3);

        var atLeader = await fixture.Admin.Partitions.DescribeProducersAsync([First, Missing]).OrTimeout("the producers");
        var atBroker = await fixture.Admin.Partitions.DescribeProducersAsync([First], broker: 5).OrTimeout("the producers");

        var producer = Assert.Single(atLeader[First].Value);
        Assert.Equal((0, 2, null), (producer.Epoch, producer.LastSequence!.Value, producer.TransactionStartOffset));
        Assert.Equal(atLeader[First].Value, atBroker[First].Value);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, atLeader[Missing].Error!.ErrorCode);
        var unknown = await Assert.ThrowsAsync<KafkaException>(() => fixture.Admin.Partitions.DescribeProducersAsync([First], broker: 9).OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.BrokerNotAvailable, unknown.ErrorCode);
    }

    [Fact]
    public async Task Leaders_that_lead_already_need_no_election()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t");

        var elected = await fixture.Admin.Partitions.ElectLeadersAsync(ElectionType.Preferred, [First, Missing]).OrTimeout("the election");
        Assert.Equal(ErrorCode.ElectionNotNeeded, elected[First].Error!.ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, elected[Missing].Error!.ErrorCode);
        Assert.All(await fixture.Admin.Partitions.ElectLeadersAsync(ElectionType.Unclean, null).OrTimeout("the election"), pair => Assert.True(pair.Value.IsSuccess));
    }

    [Fact]
    public async Task Reassignments_are_asked_for_given_up_and_listed()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=1");
        await fixture.CreateAsync("t", 2);

        var moved = await fixture.Admin.Partitions.AlterReassignmentsAsync(new Dictionary<TopicPartition, IReadOnlyList<int>?>
        {
            [First] = [1],
            [new("t", 1)] = [9],
            [Missing] = null,
        }).OrTimeout("the reassignment");
        moved[First].ThrowIfFailed();
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, moved[new("t", 1)].Error!.ErrorCode);
        Assert.False(moved[Missing].IsSuccess);
        Assert.Empty(await fixture.Admin.Partitions.ListReassignmentsAsync().OrTimeout("the moves"));
        Assert.Empty(await fixture.Admin.Partitions.ListReassignmentsAsync([First]).OrTimeout("the moves"));
    }

    [Fact]
    public async Task Moves_that_are_under_way_are_told()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(ApiKey.ListPartitionReassignments, 0, 0, (_, _) => new ListPartitionReassignmentsResponse
        {
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Replicas = [1, 2, 3], AddingReplicas = [3], RemovingReplicas = [1] }] }],
        });
        await using var client = new KafkaClient(broker.Address);

        var move = (await client.Admin.Partitions.ListReassignmentsAsync().OrTimeout("the moves"))[First];

        Assert.Equal([1, 2, 3], move.Replicas);
        Assert.Equal([3], move.AddingReplicas);
        Assert.Equal([1], move.RemovingReplicas);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var partitions = client.Admin.Partitions;
        await Assert.ThrowsAsync<ArgumentException>(() => partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [new("", 0)] = OffsetSpec.Latest }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => partitions.DeleteRecordsAsync(new Dictionary<TopicPartition, long> { [First] = -2 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => partitions.DescribeProducersAsync([new("t", -1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OffsetSpec.At(DateTimeOffset.UnixEpoch.AddDays(-1)));
        Assert.Equal(OffsetSpec.Latest, default);
    }

    private static async Task<AdminResult<ListedOffset>> ListAsync(AdminFixture fixture, TopicPartition partition, OffsetSpec spec) =>
        (await fixture.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [partition] = spec }).OrTimeout("the offset"))[partition];
}
