using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What a partition tells of those who write to it.</summary>
public sealed class DescribeProducersTests
{
    [Fact]
    public async Task Idempotent_producer_is_told_with_its_last_sequence()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        foreach (var sequence in (int[])[0, 2])
        {
            var batch = Batches.With(
                new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 3, BaseSequence = sequence }, TestBroker.StartMs - 10 + sequence, "a", "b");
            Assert.Equal(ErrorCode.None, (await broker.AskAsync(Ask.Produce("t", 1, batch), 9)).Responses[0].PartitionResponses[0].ErrorCode);
        }

        await broker.ProduceAsync("t", 1, "of nobody");

        var answer = await AskAsync(broker, "t", 1);

        var producer = Assert.Single(answer.ActiveProducers);
        Assert.Equal((7L, 3, 3), (producer.ProducerId, producer.ProducerEpoch, producer.LastSequence));
        Assert.Equal((TestBroker.StartMs - 8, -1, -1L), (producer.LastTimestamp, producer.CoordinatorEpoch, producer.CurrentTxnStartOffset));
        Assert.Empty((await AskAsync(broker, "t", 0)).ActiveProducers);
    }

    [Theory]
    [InlineData("t", 1)]
    [InlineData("t", -1)]
    [InlineData("none", 0)]
    [InlineData("", 0)]
    [InlineData("a b", 0)]
    public async Task Unknown_partition_is_an_error_that_says_so(string topic, int partition)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");

        var answer = await AskAsync(broker, topic, partition);

        Assert.Equal((ErrorCode.UnknownTopicOrPartition, partition, true), (answer.ErrorCode, answer.PartitionIndex, answer.ErrorMessage is { Length: > 0 }));
        Assert.Empty(answer.ActiveProducers);
    }

    private static async Task<DescribeProducersResponse.PartitionResponse> AskAsync(TestBroker broker, string topic, int partition)
    {
        var reply = await broker.AskAsync(
            new DescribeProducersRequest { Topics = [new DescribeProducersRequest.TopicRequest { Name = topic, PartitionIndexes = [partition] }] }, 0);
        return Assert.Single(Assert.Single(reply.Topics).Partitions);
    }
}
