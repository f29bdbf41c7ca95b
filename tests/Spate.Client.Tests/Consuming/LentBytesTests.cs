using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol.Compression;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

public sealed class LentBytesTests
{
    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public async Task Lent_values_are_those_that_were_written_and_are_refused_once_the_batch_is_over(CompressionCodec codec)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await WriteAsync(client, codec, batches: 3, recordsInABatch: 4);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var (lent, seen) = (new List<ReadOnlyMemory<byte>>(), 0);
        await foreach (var record in consumer.ConsumeAsync<long, ReadOnlyMemory<byte>>())
        {
            Assert.Equal(Value(record.Key), record.Value.ToArray());
            lent.Add(record.Value);
            if (++seen == 12)
            {
                break;
            }
        }

        Assert.All(lent, value => Assert.Contains("byte[]", Assert.Throws<ObjectDisposedException>(() => value.Span.Length).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_whole_batch_may_be_read_until_the_next_is_asked_for()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await WriteAsync(client, CompressionCodec.None, batches: 2, recordsInABatch: 2_000);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        await using var batches = consumer.ConsumeBatchesAsync<long, ReadOnlyMemory<byte>>().GetAsyncEnumerator();

        Assert.True(await batches.MoveNextAsync().AsTask().OrTimeout("a batch"));
        var first = batches.Current.Records;
        var expected = 0L;
        foreach (ref readonly var record in first)
        {
            Assert.Equal(expected, record.Offset);
            Assert.Equal(Value(expected++), record.Value.ToArray());
        }

        Assert.Equal(2_000, first.Count);
        Assert.Equal(first.Count, expected);
        Assert.True(await batches.MoveNextAsync().AsTask().OrTimeout("the next batch"));

        // The records are still there, each with its own offset and key: only what was lent has gone.
        Assert.Equal(Enumerable.Range(0, 2_000).Select(static number => ((long)number, (long)number)), first.Select(static record => (record.Offset, record.Key)));
        Assert.Throws<ObjectDisposedException>(() => first[1_999].Value.Span.Length);
        Assert.Equal(Value(2_000), batches.Current.Records[0].Value.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => first[2_000].Offset);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public async Task Records_of_which_all_is_lent_are_lent_with_their_list_whose_room_the_next_batch_takes_over(CompressionCodec codec)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await WriteAsync(client, codec, batches: 6, recordsInABatch: 2_000);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var lists = new List<RecordList<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>();
        await using (var batches = consumer.ConsumeBatchesAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>().GetAsyncEnumerator())
        {
            for (var number = 0L; number < 12_000;)
            {
                Assert.True(await batches.MoveNextAsync().AsTask().OrTimeout("a batch"));
                foreach (ref readonly var record in batches.Current.Records)
                {
                    Assert.Equal(number, record.Offset);
                    Assert.Equal(number, BinaryPrimitives.ReadInt64BigEndian(record.Key.Span));
                    Assert.Equal(Value(number++), record.Value.ToArray());
                }

                Assert.All(lists, AssertOver);
                lists.Add(batches.Current.Records);
            }
        }

        Assert.Equal(6, lists.Count);
        Assert.All(lists, AssertOver);
    }

    [Fact]
    public void A_list_that_was_taken_back_leaves_its_room_to_the_next()
    {
        var list = new RecordList<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>();
        for (var offset = 0; offset < 5_000; offset++)
        {
            list.Add(new(new("t", 0), offset, default, default));
        }

        ref readonly var room = ref list[4_999];
        var next = list.TakeBack();
        Assert.Empty(next);
        Assert.Throws<ArgumentOutOfRangeException>(() => next[0].Offset);
        for (var offset = 0; offset < 5_000; offset++)
        {
            next.Add(new(new("t", 0), 10_000 + offset, default, default));
        }

        Assert.True(Unsafe.AreSame(in room, in next[4_999]));
        Assert.Equal(14_999, room.Offset);
        AssertOver(list);
    }

    [Fact]
    public async Task Reading_lent_bytes_record_by_record_allocates_nothing_for_a_record()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await WriteAsync(client, CompressionCodec.None, batches: 5, recordsInABatch: 1_000);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        await using var records = consumer.ConsumeAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>().GetAsyncEnumerator();
        var quiet = 0;
        for (var number = 0; number < 5_000; number++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var next = records.MoveNextAsync();
            quiet += next.IsCompletedSuccessfully && records.Current.Value.Span.Length == sizeof(long) && GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
            Assert.True(await next.AsTask().OrTimeout("a record"));
        }

        // One step of each batch reads it, and one of each answer waits for it.
        Assert.True(quiet >= 5_000 - (2 * 5), $"{5_000 - quiet} steps of 5000 allocated, or waited.");
    }

    private static void AssertOver(RecordList<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> list)
    {
        Assert.Contains("lent", Assert.Throws<ObjectDisposedException>(() => list.Count).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => list[0].Offset);
        Assert.Throws<ObjectDisposedException>(() => list.GetEnumerator().MoveNext());
    }

    private static byte[] Value(long number) => BitConverter.GetBytes(~number);

    private static async Task WriteAsync(KafkaClient client, CompressionCodec codec, int batches, int recordsInABatch)
    {
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(10), BatchSize = 1024 * 1024, Compression = codec });
        for (var number = 0L; number < batches * recordsInABatch; number++)
        {
            await producer.PostAsync(new ProducerRecord<long, byte[]>("t", number, Value(number)) { Partition = 0 }).AsTask().OrTimeout("the record to be taken");
            if (number % recordsInABatch == recordsInABatch - 1)
            {
                await producer.FlushAsync().OrTimeout("the flush");
            }
        }
    }
}
