using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

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

    [Fact]
    public async Task Version_0_is_not_offered_and_closes_the_connection()
    {
        await using var broker = await FilledAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Ask.ListOffsets("t", 0, -1), 0);

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains("ListOffsets in version 0", Assert.Single(broker.Log.Complaints), StringComparison.Ordinal);
    }

    private static (ErrorCode Error, long Offset, long Timestamp) Told(ListOffsetsResponse.ListOffsetsPartitionResponse answer) =>
        (answer.ErrorCode, answer.Offset, answer.Timestamp);

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> AskAsync(TestBroker broker, string topic, int partition, long timestamp, short version) =>
        (await broker.AskAsync(Ask.ListOffsets(topic, partition, timestamp), version)).Topics[0].Partitions[0];

    /// <summary>A broker with four records, of which the third is older than the second.</summary>
    private static async Task<TestBroker> FilledAsync()
    {
        var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        foreach (var timestamp in (long[])[First, First + 100, First + 50, First + 300])
        {
            var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.At(timestamp, "v")), 9);
            Assert.Equal(ErrorCode.None, reply.Responses[0].PartitionResponses[0].ErrorCode);
        }

        return broker;
    }
}
