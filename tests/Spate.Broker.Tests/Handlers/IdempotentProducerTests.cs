using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What a producer with an id sends is in the log once and in order, whatever it sends twice, and whoever restarts in between.</summary>
public sealed class IdempotentProducerTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task Batch_that_is_sent_again_is_answered_as_the_first_time_and_there_once()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");
        var id = await IdAsync(broker);

        Assert.Equal((ErrorCode.None, 0), await SendAsync(broker, id, 0, 0, "a", "b"));
        Assert.Equal((ErrorCode.None, 2), await SendAsync(broker, id, 0, 2, "c"));
        Assert.Equal((ErrorCode.None, 0), await SendAsync(broker, id, 0, 0, "a", "b"));
        Assert.Equal((ErrorCode.None, 2), await SendAsync(broker, id, 0, 2, "c"));

        Assert.Equal(["a", "b", "c"], await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Sequence_that_leaves_a_gap_is_refused()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");
        var id = await IdAsync(broker);
        await SendAsync(broker, id, 0, 0, "a");

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await SendAsync(broker, id, 0, 2, "c")).Error);
        Assert.Equal((ErrorCode.None, 1), await SendAsync(broker, id, 0, 1, "b"));
        Assert.Equal(["a", "b"], await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Later_epoch_begins_anew_and_the_earlier_one_is_refused()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");
        var id = await IdAsync(broker);
        await SendAsync(broker, id, 0, 0, "a");

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await SendAsync(broker, id, 1, 1, "x")).Error);
        Assert.Equal((ErrorCode.None, 1), await SendAsync(broker, id, 1, 0, "b"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await SendAsync(broker, id, 0, 1, "x")).Error);
        Assert.Equal(["a", "b"], await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Producers_do_not_disturb_each_other()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t", 2);
        var (first, second) = (await IdAsync(broker), await IdAsync(broker));
        Assert.NotEqual(first, second);

        Assert.Equal((ErrorCode.None, 0), await SendAsync(broker, first, 0, 0, "a"));
        Assert.Equal((ErrorCode.None, 1), await SendAsync(broker, second, 0, 0, "b"));
        Assert.Equal((ErrorCode.None, 2), await SendAsync(broker, first, 0, 1, "c"));
        Assert.Equal(["a", "b", "c"], await broker.ReadAsync("t", 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_in_the_middle_loses_and_repeats_nothing(bool isClean)
    {
        long id;
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t");
            id = await IdAsync(broker);
            await SendAsync(broker, id, 0, 0, "a", "b");
            await SendAsync(broker, id, 0, 2, "c");
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(_files);

        // The answer to the last batch was lost: it comes again.
        Assert.Equal((ErrorCode.None, 2), await SendAsync(again, id, 0, 2, "c"));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await SendAsync(again, id, 0, 4, "x")).Error);
        Assert.Equal((ErrorCode.None, 3), await SendAsync(again, id, 0, 3, "d"));
        Assert.Equal(["a", "b", "c", "d"], await again.ReadAsync("t", 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_id_is_given_twice_over_any_number_of_restarts(bool isClean)
    {
        var seen = new HashSet<long>();
        for (var life = 0; life < 4; life++)
        {
            await using var broker = await TestBroker.StartOnAsync(_files);
            var client = await broker.ConnectAsync();
            for (var count = 0; count < 1 + (life * 700); count++)
            {
                var reply = await client.AskAsync(new InitProducerIdRequest { TransactionalId = null }, 5);
                Assert.True(seen.Add(reply.ProducerId), $"The id {reply.ProducerId} was given twice.");
            }

            if (isClean)
            {
                await broker.StopAsync();
            }
        }
    }

    [Fact]
    public async Task Ids_asked_for_at_the_same_time_are_different()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var client = await TestClient.ConnectAsync(broker.EndPoint);
            var own = new List<long>();
            for (var count = 0; count < 60; count++)
            {
                own.Add((await client.AskAsync(new InitProducerIdRequest { TransactionalId = null }, 5)).ProducerId);
            }

            return own;
        }));

        Assert.Equal(Enumerable.Range(0, 2400).Select(id => (long)id), ids.SelectMany(own => own).Order());
    }

    [Fact]
    public async Task Id_that_cannot_be_written_down_is_not_given()
    {
        var disk = new BrokenDisk();
        await using var broker = await TestBroker.StartOnAsync(disk);
        var client = await broker.ConnectAsync();
        await client.AskAsync(new ApiVersionsRequest(), 0);
        disk.Break(TestBroker.DataPath);

        var reply = await client.AskAsync(new InitProducerIdRequest { TransactionalId = null }, 5);

        Assert.Equal((ErrorCode.KafkaStorageError, -1L), (reply.ErrorCode, reply.ProducerId));
    }

    private static async Task<long> IdAsync(TestBroker broker)
    {
        var reply = await broker.AskAsync(new InitProducerIdRequest { TransactionalId = null }, 5);
        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        return reply.ProducerId;
    }

    private static async Task<(ErrorCode Error, long Offset)> SendAsync(TestBroker broker, long id, short epoch, int sequence, params string[] values)
    {
        var options = new RecordBatchOptions { ProducerId = id, ProducerEpoch = epoch, BaseSequence = sequence };
        var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.With(options, TestBroker.StartMs, values)), 9);
        var answer = reply.Responses[0].PartitionResponses[0];
        return (answer.ErrorCode, answer.BaseOffset);
    }
}
