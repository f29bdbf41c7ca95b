using System.Text;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Consuming.Groups;
using Spate.Client.Telemetry;
using Spate.Protocol;
using Spate.Protocol.Checksums;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

public sealed class RecordStreamTests
{
    [Fact]
    public async Task Either_token_ends_the_enumeration_and_the_next_one_goes_on()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("t", "one").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        using var ofStream = new CancellationTokenSource();
        using var ofEnumeration = new CancellationTokenSource();

        await using var first = consumer.ConsumeAsync<string, string>(ofStream.Token).GetAsyncEnumerator(ofEnumeration.Token);
        Assert.True(await first.MoveNextAsync().AsTask().OrTimeout("the record"));
        Assert.Equal("one", first.Current.Value);
        var waiting = first.MoveNextAsync().AsTask();
        await ofEnumeration.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.OrTimeout("the end"));
        Assert.False(await first.MoveNextAsync());

        await client.ProduceAsync("t", "two").AsTask().OrTimeout("the second delivery");
        await using var second = consumer.ConsumeAsync<string, string>(ofStream.Token).GetAsyncEnumerator();
        Assert.True(await second.MoveNextAsync().AsTask().OrTimeout("the second record"));
        Assert.Equal("two", second.Current.Value);
        await ofStream.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.MoveNextAsync().AsTask().OrTimeout("the second end"));
        Assert.Equal(2, consumer.Position(new("t", 0)));
    }

    [Fact]
    public async Task An_enumeration_that_was_never_begun_is_in_nobodys_way()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("t", "one").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var unused = consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();

        await using var used = consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.True(await used.MoveNextAsync().AsTask().OrTimeout("the record"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => unused.MoveNextAsync().AsTask());
        Assert.False(await unused.MoveNextAsync());
        await unused.DisposeAsync();
        Assert.Equal("one", used.Current.Value);
    }

    [Fact]
    public async Task What_is_no_record_is_told_of_when_it_is_come_to_and_what_lies_before_it_counts()
    {
        await using var chunks = new Chunks(Damaged("a", "b", "c"));
        var read = new List<string?>();

        var failure = await Assert.ThrowsAsync<KafkaException>(async () =>
        {
            await foreach (var record in new RecordStream<string, string>(chunks.Seat, default))
            {
                read.Add(record.Value);
            }
        });

        Assert.Equal(["a", "b"], read);
        Assert.Equal((ErrorCode.CorruptMessage, 2L, 2L), (failure.ErrorCode, chunks.Cursor.Position, chunks.Cursor.Finished));
        Assert.Equal(2, chunks.Cursor.FetchOffset);
    }

    [Fact]
    public async Task Records_of_every_kind_are_taken_apart_where_they_lie()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 5, PartitionLeaderEpoch = 3 });
        builder.Append(1_000, "before"u8.ToArray(), "x"u8.ToArray());
        builder.Append(2_000, NullableBytes.Null, "v1"u8.ToArray());
        builder.Append(3_000, "k2"u8.ToArray(), NullableBytes.Null, [new RecordHeader("h", "1"u8.ToArray()), new RecordHeader("n", null)]);
        builder.Append(4_000, "k3"u8.ToArray(), "v3"u8.ToArray());
        await using var chunks = new Chunks(builder.Build().ToArray(), offset: 6);
        var read = new List<string>();

        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            await foreach (var record in new RecordStream<string, string>(chunks.Seat, default))
            {
                read.Add($"{record.Partition}@{record.Offset} {record.TimestampMs} {record.TimestampType} {record.LeaderEpoch} {record.Key ?? "-"}={record.Value ?? "-"}"
                    + string.Concat(record.Headers.Select(static header => $" {Encoding.UTF8.GetString(header.Key.Span)}:{(header.Value is null ? "-" : Encoding.UTF8.GetString(header.Value))}")));
            }
        });

        Assert.Equal(
            ["t-0@6 2000 CreateTime 3 -=v1", "t-0@7 3000 CreateTime 3 k2=- h:1 n:-", "t-0@8 4000 CreateTime 3 k3=v3"],
            read);
        Assert.Equal((9L, 9L, 3), (chunks.Cursor.Position, chunks.Cursor.Finished, chunks.Cursor.PositionEpoch));
    }

    /// <summary>A batch with a sound checksum whose last record says that it is longer than it is.</summary>
    private static byte[] Damaged(params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var value in values)
        {
            builder.Append(0, NullableBytes.Null, Encoding.UTF8.GetBytes(value));
        }

        var batch = builder.Build().ToArray();
        var record = (batch.Length - RecordBatchLayout.Records) / values.Length;
        batch[^record] += 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(RecordBatchLayout.Crc), Crc32C.Compute(batch.AsSpan(RecordBatchLayout.Attributes)));
        return batch;
    }

    /// <summary>A place to enumerate from, where one chunk has come and then no more.</summary>
    private sealed class Chunks : IAsyncDisposable
    {
        private readonly Cluster _cluster = new(new KafkaClientOptions { BootstrapServers = "127.0.0.1:1", EnableMetricsPush = false });
        private readonly ConsumerWatch _watch;
        private FetchedChunk? _chunk;

        public Chunks(byte[] bytes, long offset = 0)
        {
            var options = new ConsumerOptions();
            var prefetch = new Prefetch(_cluster, options, new WakeSignal(TimeProvider.System), new WakeSignal(TimeProvider.System));
            _watch = new ConsumerWatch(_cluster, prefetch, null);
            Cursor.MoveTo(offset, epoch: 2, checkedEpoch: 2);
            _chunk = new FetchedChunk(Cursor, Cursor.Generation, offset, bytes, [], new FetchedFrame(Stream.Null));
            Seat = new ReaderSeat(_cluster, options, _watch, prefetch, new Floor(), Poll, static () => { });
        }

        public PartitionCursor Cursor { get; } = new(new TopicPartition("t", 0), start: null);

        public ReaderSeat Seat { get; }

        public async ValueTask DisposeAsync()
        {
            _watch.Dispose();
            await _cluster.DisposeAsync();
        }

        private ValueTask<FetchedChunk> Poll(CancellationToken cancellationToken)
        {
            var chunk = _chunk ?? throw new EndOfStreamException();
            _chunk = null;
            return new ValueTask<FetchedChunk>(chunk);
        }
    }
}
