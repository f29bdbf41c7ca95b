using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Connections;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

public sealed class RawBatchTests
{
    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void Records_CurrentFormat_AreAsTheyWereWritten(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 10, PartitionLeaderEpoch = 3, Codec = codec });
        builder.Append(1_000, "k"u8.ToArray(), "a"u8.ToArray(), [new RecordHeader("h", "v"u8.ToArray())]);
        builder.Append(1_001, NullableBytes.Null, NullableBytes.Null);

        Assert.Equal(["10 1000 3 k=a h:v", "11 1001 3 null=null"], Read(builder.Build().ToArray()));
    }

    [Fact]
    public void Records_OffsetWithinABatch_BeginThere()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 10 });
        builder.Append(0, NullableBytes.Null, "a"u8.ToArray());
        builder.Append(0, NullableBytes.Null, "b"u8.ToArray());

        Assert.Equal(["11 0 -1 null=b"], Read(builder.Build().ToArray(), offset: 11));
    }

    [Fact]
    public void Records_OlderFormat_AreRead()
    {
        using var builder = new LegacyMessageSetBuilder();
        using var set = new PooledBuffer();
        builder.Begin(set, 1, CompressionCodec.Gzip);
        builder.Append(4, 1_000, "k"u8.ToArray(), "old"u8.ToArray());
        builder.Append(5, 1_001, "k"u8.ToArray(), "older"u8.ToArray());
        builder.Complete();

        Assert.Equal(["5 1001 -1 k=older"], Read(set.Span.ToArray(), offset: 5));
    }

    [Fact]
    public void MoveNext_CorruptBatch_SaysWhereItIs()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(0, NullableBytes.Null, "a"u8.ToArray());
        var bytes = builder.Build().ToArray();
        bytes[^1] ^= 1;

        var failure = Assert.Throws<KafkaException>(() => Read(bytes));

        Assert.Equal(ErrorCode.CorruptMessage, failure.ErrorCode);
        Assert.Contains("t-3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_read_as_often_as_need_be_and_not_after_its_time()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("t", "one").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);

        RawBatch? kept = null;
        await foreach (var batch in consumer.ConsumeRawAsync())
        {
            Assert.Equal(new("t", 0), batch.Partition);
            Assert.Equal(["one"], Values(batch));
            Assert.Equal(["one"], Values(batch));
            Assert.Equal(1, consumer.Position(new("t", 0)));
            kept = batch;
            break;
        }

        Assert.Throws<ObjectDisposedException>(() => Values(kept!));
    }

    private static List<string> Values(RawBatch batch)
    {
        var values = new List<string>();
        foreach (var record in batch)
        {
            values.Add(Text(record.Value));
        }

        return values;
    }

    private static List<string> Read(byte[] bytes, long offset = 0)
    {
        using var batches = new ChunkBatches(new ConsumerOptions());
        var frame = new FetchedFrame(new Reply<FetchResponse>(new FetchResponse(), 4, null));
        batches.Open(new FetchedChunk(new PartitionCursor(new("t", 3), null), 0, offset, bytes, [], frame));
        var records = new List<string>();
        while (batches.MoveNext())
        {
            foreach (var record in new RawBatch(batches))
            {
                var headers = new StringBuilder();
                foreach (var header in record.Headers)
                {
                    headers.Append(' ').Append(Text(header.Key)).Append(':').Append(Text(header.Value));
                }

                records.Add($"{record.Offset} {record.TimestampMs} {record.LeaderEpoch} {Text(record.Key)}={Text(record.Value)}{headers}");
            }
        }

        return records;
    }

    private static string Text(NullableBytes bytes) => bytes.IsNull ? "null" : Encoding.UTF8.GetString(bytes.Span);
}
