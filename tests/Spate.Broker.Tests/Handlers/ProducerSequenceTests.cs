using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What an idempotent producer is answered (KIP-98, KIP-360): each batch once and in order, and the last five told again.</summary>
public sealed class ProducerSequenceTests
{
    private long _producerId;
    private TestClient _client = null!;

    [Fact]
    public async Task Batches_are_taken_once_and_in_order()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        _client = await broker.ConnectAsync();
        var given = await _client.AskAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, 1);
        Assert.Equal((ErrorCode.None, (short)0), (given.ErrorCode, given.ProducerEpoch));
        _producerId = given.ProducerId;

        await AssertAsync(sequence: 0, ErrorCode.None, 0);
        await AssertAsync(sequence: 2, ErrorCode.None, 2);
        await AssertAsync(sequence: 2, ErrorCode.None, 2);
        await AssertAsync(sequence: 0, ErrorCode.None, 0);
        await AssertAsync(sequence: 9, ErrorCode.OutOfOrderSequenceNumber, -1);
        await AssertAsync(sequence: 4, ErrorCode.None, 4);
        await AssertAsync(sequence: 4, ErrorCode.OutOfOrderSequenceNumber, -1, records: 1);

        // A new epoch begins at 0, and ends the one before.
        await AssertAsync(sequence: 5, ErrorCode.OutOfOrderSequenceNumber, -1, epoch: 1);
        await AssertAsync(sequence: 0, ErrorCode.None, 6, epoch: 1);
        await AssertAsync(sequence: 6, ErrorCode.InvalidProducerEpoch, -1, epoch: 0);
        await AssertAsync(sequence: 0, ErrorCode.InvalidProducerEpoch, -1, epoch: -1);

        for (var batch = 0; batch < 5; batch++)
        {
            await AssertAsync(sequence: 2 + (2 * batch), ErrorCode.None, 8 + (2 * batch), epoch: 1);
        }

        await AssertAsync(sequence: 0, ErrorCode.OutOfOrderSequenceNumber, -1, epoch: 1);
        await AssertAsync(sequence: 2, ErrorCode.None, 8, epoch: 1);
        Assert.Equal(18, (await broker.ReadAsync("t", 0)).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public async Task Producer_that_the_partition_has_forgotten_goes_on_wherever_it_is(int sequence)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        _client = await broker.ConnectAsync();
        _producerId = 4711;

        await AssertAsync(sequence, ErrorCode.None, 0);
    }

    [Fact]
    public async Task Batch_that_is_told_again_has_its_time_only_where_the_broker_gave_it()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("message.timestamp.type", "LogAppendTime"));
        _client = await broker.ConnectAsync();
        var first = await ProduceAsync(0, 0, 1);
        broker.Clock.Advance(TimeSpan.FromSeconds(5));

        var again = await ProduceAsync(0, 0, 1);

        Assert.Equal((ErrorCode.None, 0L, TestBroker.StartMs), (first.ErrorCode, first.BaseOffset, first.LogAppendTimeMs));
        Assert.Equal((ErrorCode.None, 0L, TestBroker.StartMs), (again.ErrorCode, again.BaseOffset, again.LogAppendTimeMs));
    }

    private async Task AssertAsync(int sequence, ErrorCode error, long offset, short epoch = 0, int records = 2)
    {
        var answer = await ProduceAsync(sequence, epoch, records);
        Assert.Equal((sequence, error, offset, -1L), (sequence, answer.ErrorCode, answer.BaseOffset, answer.LogAppendTimeMs));
    }

    private async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(int sequence, short epoch, int records)
    {
        var options = new RecordBatchOptions { ProducerId = _producerId, ProducerEpoch = epoch, BaseSequence = sequence };
        var batch = Batches.With(options, TestBroker.StartMs, [.. Enumerable.Range(0, records).Select(_ => "v")]);
        return (await _client.AskAsync(Ask.Produce("t", 0, batch), 7)).Responses[0].PartitionResponses[0];
    }
}
