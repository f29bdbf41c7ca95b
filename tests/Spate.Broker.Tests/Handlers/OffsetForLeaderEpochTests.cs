using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Where epochs end, and who is told that it is not up to date.</summary>
public sealed class OffsetForLeaderEpochTests
{
    public static TheoryData<short> AllVersions => Versions.From(OffsetForLeaderEpochRequest.LowestVersion, OffsetForLeaderEpochRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(AllVersions))]
    public async Task Current_epoch_ends_where_the_log_ends(short version)
    {
        await using var broker = await FilledAsync();

        var answer = await AskAsync(broker, "t", 0, -1, 0, version);

        Assert.Equal((ErrorCode.None, version >= 1 ? 0 : -1, 2L), (answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset));
    }

    [Theory]
    [InlineData("t", 0, 0, 0, ErrorCode.None, 0, 2)]
    [InlineData("t", 0, -1, 1, ErrorCode.None, -1, -1)]
    [InlineData("t", 0, -1, -1, ErrorCode.None, -1, -1)]
    [InlineData("t", 0, -1, int.MaxValue, ErrorCode.None, -1, -1)]
    [InlineData("t", 0, -1, int.MinValue, ErrorCode.None, -1, -1)]
    [InlineData("t", 0, 1, 0, ErrorCode.UnknownLeaderEpoch, -1, -1)]
    [InlineData("empty", 0, 0, 0, ErrorCode.None, -1, -1)]
    [InlineData("t", 1, -1, 0, ErrorCode.UnknownTopicOrPartition, -1, -1)]
    [InlineData("t", -1, -1, 0, ErrorCode.UnknownTopicOrPartition, -1, -1)]
    [InlineData("none", 0, -1, 0, ErrorCode.UnknownTopicOrPartition, -1, -1)]
    [InlineData("", 0, 5, 0, ErrorCode.UnknownTopicOrPartition, -1, -1)]
    public async Task Each_input_has_its_answer(string topic, int partition, int current, int epoch, ErrorCode error, int found, long end)
    {
        await using var broker = await FilledAsync();
        await broker.CreateTopicAsync("empty");

        var answer = await AskAsync(broker, topic, partition, current, epoch, 4);

        Assert.Equal((error, found, end), (answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset));
    }

    private static async Task<OffsetForLeaderEpochResponse.EpochEndOffset> AskAsync(
        TestBroker broker, string topic, int partition, int current, int epoch, short version)
    {
        var reply = await broker.AskAsync(
            new OffsetForLeaderEpochRequest
            {
                ReplicaId = -1,
                Topics =
                [
                    new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
                    {
                        Topic = topic,
                        Partitions =
                        [
                            new OffsetForLeaderEpochRequest.OffsetForLeaderPartition { Partition = partition, CurrentLeaderEpoch = current, LeaderEpoch = epoch },
                        ],
                    },
                ],
            },
            version);
        var answers = Assert.Single(reply.Topics);
        Assert.Equal(topic, answers.Topic);
        var answer = Assert.Single(answers.Partitions);
        Assert.Equal(partition, answer.Partition);
        return answer;
    }

    private static async Task<TestBroker> FilledAsync()
    {
        var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a", "b");
        return broker;
    }
}
