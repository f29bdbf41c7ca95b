using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Which offset belongs to which time, and to which mark in which version.</summary>
public sealed class ListOffsetsTests
{
    private const long First = TestBroker.StartMs - 5000;

    [Theory]
    [InlineData(First - 1, 0, First)]
    [InlineData(First, 0, First)]
    [InlineData(First + 1, 1, First + 100)]
    [InlineData(First + 100, 1, First + 100)]
    [InlineData(First + 101, 3, First + 300)]
    [InlineData(First + 300, 3, First + 300)]
    [InlineData(First + 301, -1, -1)]
    [InlineData(0, 0, First)]
    [InlineData(long.MaxValue, -1, -1)]
    public async Task Time_gives_the_first_record_that_is_not_older(long timestamp, long offset, long found)
    {
        await using var broker = await FilledAsync();

        var answer = await AskAsync(broker, "t", 0, timestamp, 11);

        Assert.Equal((ErrorCode.None, offset, found), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Theory]
    [InlineData(-1, 1, ErrorCode.None, 4)]
    [InlineData(-2, 1, ErrorCode.None, 0)]
    [InlineData(-3, 6, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-3, 7, ErrorCode.None, 3)]
    [InlineData(-4, 7, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-4, 8, ErrorCode.None, 0)]
    [InlineData(-5, 8, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-5, 9, ErrorCode.None, -1)]
    [InlineData(-6, 10, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-6, 11, ErrorCode.None, -1)]
    [InlineData(-7, 11, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(long.MinValue, 11, ErrorCode.UnsupportedVersion, -1)]
    public async Task Marks_are_known_from_their_version_on(long mark, short version, ErrorCode error, long offset)
    {
        await using var broker = await FilledAsync();

        var answer = await AskAsync(broker, "t", 0, mark, version);

        Assert.Equal((error, offset), (answer.ErrorCode, answer.Offset));
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("t", 1)]
    [InlineData("t", -1)]
    public async Task Unknown_places_are_refused(string topic, int partition)
    {
        await using var broker = await FilledAsync();

        var answer = await AskAsync(broker, topic, partition, -1, 11);

        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1L, -1L), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Fact]
    public async Task Unknown_leader_epoch_is_refused()
    {
        await using var broker = await FilledAsync();
        var request = Ask.ListOffsets("t", 0, -1);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = 4;

        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await broker.AskAsync(request, 11)).Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Partition_that_is_asked_for_twice_is_refused_each_time(bool inTwoTopics)
    {
        await using var broker = await FilledAsync();
        var request = Ask.ListOffsets("t", 0, -1);
        if (inTwoTopics)
        {
            request.Topics.Add(Ask.ListOffsets("t", 0, -2).Topics[0]);
        }
        else
        {
            request.Topics[0].Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = 0, Timestamp = -2 });
        }

        var answers = (await broker.AskAsync(request, 11)).Topics.SelectMany(topic => topic.Partitions);

        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.InvalidRequest], answers.Select(answer => answer.ErrorCode));
    }

    [Fact]
    public async Task Empty_log_has_ends_and_no_times()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");

        Assert.Equal(0, (await AskAsync(broker, "t", 0, -1, 11)).Offset);
        Assert.Equal(0, (await AskAsync(broker, "t", 0, -2, 11)).Offset);
        Assert.Equal((ErrorCode.None, -1L, -1L), Told(await AskAsync(broker, "t", 0, -3, 11)));
        Assert.Equal((ErrorCode.None, -1L, -1L), Told(await AskAsync(broker, "t", 0, 5, 11)));
    }

    [Theory]
    [InlineData(-1, 1, new long[] { 4 })]
    [InlineData(-1, 2, new long[] { 4, 3 })]
    [InlineData(-1, 9, new long[] { 4, 3, 0 })]
    [InlineData(-1, 0, new long[] { })]
    [InlineData(-2, 1, new long[] { 0 })]
    [InlineData(-2, 9, new long[] { 0 })]
    [InlineData(-2, 0, new long[] { })]
    [InlineData(-3, 9, new long[] { })]
    [InlineData(0, 9, new long[] { })]
    [InlineData(long.MaxValue, 9, new long[] { 4, 3, 0 })]
    public async Task Version_0_tells_where_segments_begin(long timestamp, int most, long[] offsets)
    {
        await using var broker = await FilledAsync(rollBehind: 3);
        var request = Ask.ListOffsets("t", 0, timestamp);
        request.Topics[0].Partitions[0].MaxNumOffsets = most;

        var answer = (await broker.AskAsync(request, 0)).Topics[0].Partitions[0];

        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.Equal(offsets, answer.OldStyleOffsets);
    }

    [Theory]
    [InlineData("t", 0, -1, ErrorCode.InvalidRequest)]
    [InlineData("t", 1, 1, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("none", 0, 1, ErrorCode.UnknownTopicOrPartition)]
    public async Task Version_0_refuses_what_makes_no_sense(string topic, int partition, int most, ErrorCode error)
    {
        await using var broker = await FilledAsync();
        var request = Ask.ListOffsets(topic, partition, -1);
        request.Topics[0].Partitions[0].MaxNumOffsets = most;

        var answer = (await broker.AskAsync(request, 0)).Topics[0].Partitions[0];

        Assert.Equal((error, 0), (answer.ErrorCode, answer.OldStyleOffsets.Count));
    }

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(-1, 1, 0)]
    [InlineData(-2, 0, 1)]
    [InlineData(3, 1, 1)]
    public async Task Open_transaction_hides_the_end_from_readers_of_committed_records_alone(int replica, sbyte isolation, long end)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, broker.Partitions.Find("t", 0, out var partition));
        var open = Batches.With(new RecordBatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, First, "a");
        Assert.Equal(ErrorCode.None, partition!.AppendInternal(open).Error);
        var request = Ask.ListOffsets("t", 0, -1, isolation);
        request.ReplicaId = replica;

        Assert.Equal(end, (await broker.AskAsync(request, 11)).Topics[0].Partitions[0].Offset);
        request.Topics[0].Partitions[0].Timestamp = First;
        Assert.Equal(end == 0 ? -1 : 0, (await broker.AskAsync(request, 11)).Topics[0].Partitions[0].Offset);
    }

    private static (ErrorCode Error, long Offset, long Timestamp) Told(ListOffsetsResponse.ListOffsetsPartitionResponse answer) =>
        (answer.ErrorCode, answer.Offset, answer.Timestamp);

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> AskAsync(TestBroker broker, string topic, int partition, long timestamp, short version) =>
        (await broker.AskAsync(Ask.ListOffsets(topic, partition, timestamp), version)).Topics[0].Partitions[0];

    /// <summary>A broker with four records, of which the third is older than the second.</summary>
    private static async Task<TestBroker> FilledAsync(int rollBehind = 0)
    {
        var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        foreach (var timestamp in (long[])[First, First + 100, First + 50, First + 300])
        {
            var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.At(timestamp, "v")), 9);
            if (broker.Partitions.Find("t", 0, out var partition) == ErrorCode.None && rollBehind > 0 && partition!.Log.LogEndOffset == rollBehind)
            {
                partition.Log.Roll();
            }

            Assert.Equal(ErrorCode.None, reply.Responses[0].PartitionResponses[0].ErrorCode);
        }

        return broker;
    }
}
