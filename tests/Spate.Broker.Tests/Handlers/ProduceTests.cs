using System.Buffers.Binary;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What Produce refuses, with the error that Kafka gives, and that a refusal touches nothing else.</summary>
public sealed class ProduceTests
{
    private const short Version = 9;

    public static TheoryData<string, short, ErrorCode> WrongRecords => new()
    {
        { "null", 9, ErrorCode.InvalidRecord },
        { "empty", 9, ErrorCode.InvalidRecord },
        { "corrupt checksum", 9, ErrorCode.CorruptMessage },
        { "cut short", 9, ErrorCode.CorruptMessage },
        { "two batches", 9, ErrorCode.InvalidRecord },
        { "magic 1", 3, ErrorCode.InvalidRecord },
        { "magic 9", 9, ErrorCode.CorruptMessage },
        { "no records", 9, ErrorCode.InvalidRecord },
        { "control batch", 9, ErrorCode.InvalidRecord },
        { "too large", 9, ErrorCode.MessageTooLarge },
        { "from the future", 9, ErrorCode.InvalidTimestamp },
        { "zstd", 6, ErrorCode.UnsupportedCompressionType },
        { "transactional", 9, ErrorCode.TransactionalIdAuthorizationFailed },
        { "sequence with a gap", 9, ErrorCode.OutOfOrderSequenceNumber },
        { "codec that is none", 9, ErrorCode.UnsupportedCompressionType },
        { "bytes that are no gzip", 9, ErrorCode.InvalidRecord },
        { "more records than there are", 9, ErrorCode.InvalidRecord },
        { "fewer records than there are", 9, ErrorCode.InvalidRecord },
        { "last offset that is wrong", 9, ErrorCode.InvalidRecord },
        { "base offset", 9, ErrorCode.InvalidRecord },
        { "producer without a sequence", 9, ErrorCode.InvalidRecord },
        { "producer of a negative epoch", 9, ErrorCode.InvalidProducerEpoch },
        { "shorter than a header", 9, ErrorCode.CorruptMessage },
        { "negative length", 9, ErrorCode.CorruptMessage },
        { "old message cut short", 1, ErrorCode.CorruptMessage },
        { "old message with a wrong checksum", 2, ErrorCode.CorruptMessage },
        { "old message in zstd", 2, ErrorCode.UnsupportedCompressionType },
    };

    [Theory]
    [MemberData(nameof(WrongRecords))]
    public async Task Wrong_records_are_refused_and_the_other_partition_takes_its_own(string what, short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2, ("max.message.bytes", "5000"));
        if (what == "sequence with a gap")
        {
            await AppendAsync(broker, Batches.With(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0 }, TestBroker.StartMs, "a"), Version);
        }

        var before = (await broker.ReadAsync("t", 0)).Count;
        var request = Ask.Produce("t", 0, Wrong(what));
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = Batches.Of("fine") });

        var answers = (await broker.AskAsync(request, version)).Responses[0].PartitionResponses;

        Assert.Equal([(0, error), (1, ErrorCode.None)], answers.Select(answer => (answer.Index, answer.ErrorCode)));
        Assert.Equal((-1L, -1L), (answers[0].BaseOffset, answers[0].LogAppendTimeMs));
        Assert.Equal(before, (await broker.ReadAsync("t", 0)).Count);
        Assert.Equal(["fine"], await broker.ReadAsync("t", 1));
        Assert.Empty(broker.Log.Complaints);
    }

    [Theory]
    [InlineData("none", 0, 9, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", 1, 9, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", -1, 9, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", 1, 13, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("none", 0, 13, ErrorCode.UnknownTopicId)]
    [InlineData("__consumer_offsets", 0, 9, ErrorCode.InvalidTopic)]
    [InlineData("", 0, 9, ErrorCode.UnknownTopicOrPartition)]
    public async Task Wrong_places_are_refused(string topic, int partition, short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        await broker.AskAsync(new FindCoordinatorRequest { Key = "g" }, 3);

        var reply = await broker.AskAsync(Ask.Produce(topic, topic == "t" ? id : Uuid.NewRandom(new Random(3)), partition, Batches.Of("a")), version);

        Assert.Equal(error, reply.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Partition_that_is_named_twice_takes_both_and_answers_both()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        var request = Ask.Produce("t", id, 0, Batches.Of("a"));
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 0, Records = Batches.Of("b") });
        request.TopicData.Add(Ask.Produce("t", id, 0, Batches.Of("c")).TopicData[0]);

        var reply = await broker.AskAsync(request, 13);

        Assert.Equal([0L, 1L, 2L], reply.Responses.SelectMany(topic => topic.PartitionResponses).Select(answer => answer.BaseOffset));
        Assert.Equal(["a", "b", "c"], await broker.ReadAsync("t", 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task Timeout_of_any_size_does_not_matter_where_nobody_is_waited_for(int timeoutMs)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("flush.messages", "1"));
        var request = Ask.Produce("t", 0, Batches.Of("a"));
        request.TimeoutMs = timeoutMs;

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(request, Version)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Produce_of_nothing_is_answered_with_nothing()
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Empty((await broker.AskAsync(new ProduceRequest { Acks = -1 }, Version)).Responses);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(short.MaxValue)]
    public async Task Acks_that_there_are_not_are_refused_and_nothing_is_appended(short acks)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");

        var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.Of("a"), acks), Version);

        Assert.Equal(ErrorCode.InvalidRequiredAcks, reply.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Empty(await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Too_few_replicas_in_sync_refuse_acks_all_and_take_acks_one()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("min.insync.replicas", "2"));

        var all = await broker.AskAsync(Ask.Produce("t", 0, Batches.Of("a")), Version);
        var one = await broker.AskAsync(Ask.Produce("t", 0, Batches.Of("a"), acks: 1), Version);

        Assert.Equal(ErrorCode.NotEnoughReplicas, all.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal((ErrorCode.None, 0L), (one.Responses[0].PartitionResponses[0].ErrorCode, one.Responses[0].PartitionResponses[0].BaseOffset));
    }

    [Fact]
    public async Task Acks_0_is_not_answered_and_the_next_request_is()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();

        await client.SendAsync(Ask.Produce("t", 0, Batches.Of("a"), acks: 0), Version);
        var offsets = await client.AskAsync(Ask.ListOffsets("t", 0, -1), 5);

        Assert.Equal(1, offsets.Topics[0].Partitions[0].Offset);
    }

    [Fact]
    public async Task Acks_0_that_fails_closes_the_connection_and_no_other()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var (client, other) = (await broker.ConnectAsync(), await broker.ConnectAsync());
        await other.AskAsync(Ask.ListOffsets("t", 0, -1), 5);

        await client.SendAsync(Ask.Produce("none", 0, Batches.Of("a"), acks: 0), Version);

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains("acks=0", Assert.Single(broker.Log.Complaints), StringComparison.Ordinal);
        Assert.Equal(0, (await other.AskAsync(Ask.ListOffsets("t", 0, -1), 5)).Topics[0].Partitions[0].Offset);
    }

    [Fact]
    public async Task Append_time_is_told_where_the_topic_asks_for_it()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("message.timestamp.type", "LogAppendTime"));

        var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.At(5, "a")), Version);

        Assert.Equal(TestBroker.StartMs, reply.Responses[0].PartitionResponses[0].LogAppendTimeMs);
    }

    [Fact]
    public async Task Topic_that_is_flushed_for_every_record_is_answered_too()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("flush.messages", "1"));

        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
        Assert.Equal(1, await broker.ProduceAsync("t", 0, "b"));
    }

    private static async Task AppendAsync(TestBroker broker, byte[] batch, short version) =>
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Ask.Produce("t", 0, batch), version)).Responses[0].PartitionResponses[0].ErrorCode);

    private static RecordsPayload Wrong(string what)
    {
        switch (what)
        {
            case "null": return RecordsPayload.Null;
            case "empty": return RecordsPayload.Empty;
            case "two batches": return Batches.Join(Batches.Of("a"), Batches.Of("b"));
            case "cut short": return Batches.Of("a")[..^3];
            case "magic 1": return Batches.Legacy(1, "a");
            case "too large": return Batches.Of(new string('x', 6000));
            case "from the future": return Batches.At(TestBroker.StartMs + (2 * 3_600_000), "a");
            case "zstd": return Batches.Compressed(CompressionCodec.Zstd, "a");
            case "transactional": return Batches.With(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, TestBroker.StartMs, "a");
            case "producer without a sequence": return Batches.With(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 0 }, TestBroker.StartMs, "a");
            case "producer of a negative epoch": return Batches.With(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = -1, BaseSequence = 0 }, TestBroker.StartMs, "a");
            case "old message cut short": return Batches.Legacy(0, "a")[..^1];
            case "old message with a wrong checksum": return Flipped(Batches.Legacy(1, "a"));
            case "old message in zstd": return Flipped(Batches.Legacy(1, "a"), RecordBatchLayout.Magic + 1, 4);
            case "sequence with a gap": return Batches.With(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 9 }, TestBroker.StartMs, "a");
        }

        var bytes = Batches.Of("a");
        switch (what)
        {
            case "codec that is none":
                bytes[RecordBatchLayout.Attributes + 1] |= 7;
                return Checked(bytes);
            case "bytes that are no gzip":
                bytes[RecordBatchLayout.Attributes + 1] |= 1;
                return Checked(bytes);
            case "more records than there are":
                bytes[RecordBatchLayout.Records - 1]++;
                bytes[RecordBatchLayout.LastOffsetDelta + 3]++;
                return Checked(bytes);
            case "fewer records than there are":
                bytes = Batches.Of("a", "b");
                bytes[RecordBatchLayout.Records - 1]--;
                return Checked(bytes);
            case "last offset that is wrong":
                bytes[RecordBatchLayout.LastOffsetDelta + 3] = 7;
                return Checked(bytes);
            case "base offset":
                bytes[7] = 77;
                return bytes;
            case "shorter than a header":
                return bytes[..11];
            case "negative length":
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), -5);
                return bytes;
            case "corrupt checksum":
                bytes[^1] ^= 1;
                return bytes;
            case "magic 9":
                bytes[RecordBatchLayout.Magic] = 9;
                return bytes;
            case "control batch":
                bytes[RecordBatchLayout.Attributes + 1] |= 0x20;
                return Checked(bytes);
            case "no records":
                bytes = bytes[..RecordBatchLayout.Records];
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
                bytes.AsSpan(^4..).Clear();
                return Checked(bytes);
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "No such records.");
        }
    }

    private static byte[] Flipped(byte[] bytes, int position = 12, byte bits = 1)
    {
        bytes[position] ^= bits;
        return bytes;
    }

    /// <summary>The batch with the checksum that its bytes ask for.</summary>
    private static byte[] Checked(byte[] batch)
    {
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(RecordBatchLayout.Crc), Spate.Protocol.Checksums.Crc32C.Compute(batch.AsSpan(RecordBatchLayout.Attributes)));
        return batch;
    }
}
