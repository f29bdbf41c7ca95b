using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Producing;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Producing;

public sealed class ProducerTests
{
    [Fact]
    public async Task A_record_is_delivered_with_everything_that_it_carries()
    {
        await using var fixture = new ProducerFixture();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var record = new ProducerRecord<string, string>("t", "key", "value")
        {
            Timestamp = at,
            Headers = new[] { new RecordHeader("one", [1]), new RecordHeader("two", null) },
        };

        var delivered = await fixture.Client.Producer.ProduceAsync(record).AsTask().OrTimeout("the delivery");

        Assert.Equal((new Spate.Protocol.TopicPartition("t", 0), 0L, at), (delivered.Partition, delivered.Offset, delivered.Timestamp));
        var written = Assert.Single(fixture.Log.Records("t", 0));
        Assert.Equal(("key", "value", at.ToUnixTimeMilliseconds()), (Encoding.UTF8.GetString(written.Key!), Encoding.UTF8.GetString(written.Value!), written.Timestamp));
        Assert.Equal([("one", true), ("two", false)], written.Headers.Select(header => (Encoding.UTF8.GetString(header.Key.Span), header.Value is not null)));
    }

    [Fact]
    public async Task Null_keys_and_null_values_stay_null()
    {
        await using var fixture = new ProducerFixture();
        await fixture.Client.ProduceAsync<string, string>("t", "k", null).AsTask().OrTimeout("the delivery");
        await fixture.Client.ProduceAsync<string, string>("t", null, "v").AsTask().OrTimeout("the delivery");
        await fixture.Client.ProduceAsync("t", "").AsTask().OrTimeout("the delivery");

        Assert.Equal([(true, false), (false, true), (false, true)], fixture.Log.Records("t", 0).Select(record => (record.Key is not null, record.Value is not null)));
    }

    [Fact]
    public async Task Records_that_come_together_travel_together_and_keep_their_order()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(1) });

        // The first stands in line until the topic is known, and the others behind it.
        var sent = Enumerable.Range(0, 1000).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask()).ToList();

        var delivered = await Task.WhenAll(sent).OrTimeout("1000 deliveries");

        Assert.Equal(Enumerable.Range(0, 1000).Select(number => (long)number), delivered.Select(record => record.Offset));
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"{number}"), fixture.Log.Values("t", 0));
        Assert.True(fixture.Log.BatchSizes.Count < 100, $"{fixture.Log.BatchSizes.Count} batches");
    }

    [Fact]
    public async Task A_batch_waits_for_its_linger_and_no_longer()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = new ProducerFixture(change: options => options with { TimeProvider = clock });
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(1) });
        await Warm(producer, clock);

        var sent = producer.ProduceAsync(ProducerFixture.Value("a")).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(900));
        var second = producer.ProduceAsync(ProducerFixture.Value("b")).AsTask();
        Assert.Single(fixture.Log.Values("t", 0));
        await Task.WhenAll(sent, second).WhileMoving(clock, TimeSpan.FromMilliseconds(100), "the batch");

        Assert.Equal([1, 2], fixture.Log.BatchSizes);
    }

    [Fact]
    public async Task Flushing_does_not_wait_for_the_linger()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1) });
        var sent = producer.ProduceAsync(ProducerFixture.Value("a")).AsTask();

        await producer.FlushAsync().OrTimeout("the flush");

        Assert.Equal(["a"], fixture.Log.Values("t", 0));
        await sent.OrTimeout("the delivery");
        await producer.FlushAsync().OrTimeout("a flush of nothing");
    }

    [Fact]
    public async Task Posting_reports_every_record_once_and_in_order()
    {
        await using var fixture = new ProducerFixture();
        var reports = new ConcurrentQueue<DeliveryReport>();
        for (var number = 0; number < 100; number++)
        {
            await fixture.Client.Producer.PostAsync(ProducerFixture.Value($"{number}"), reports.Enqueue).AsTask().OrTimeout("the record to be taken");
        }

        await fixture.Client.Producer.FlushAsync().OrTimeout("the flush");

        Assert.Equal(Enumerable.Range(0, 100).Select(number => (long)number), reports.Select(report => report.Record.Offset));
        Assert.All(reports, report => Assert.Null(report.Error));
    }

    [Fact]
    public async Task When_memory_is_used_up_callers_wait_and_keep_their_order()
    {
        var open = new TaskCompletionSource();
        await using var fixture = new ProducerFixture();
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, async (request, _) =>
        {
            await open.Task;
            return fixture.Log.Produce(request);
        });
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BatchSize = 1000, BufferMemory = 3000, Linger = TimeSpan.Zero });
        var sent = Enumerable.Range(0, 40).Select(number => producer.ProduceAsync(ProducerFixture.Value(new string((char)('A' + number), 400))).AsTask()).ToList();

        var late = producer.PostAsync(ProducerFixture.Value("last")).AsTask();
        Assert.False(late.IsCompleted);
        open.SetResult();
        await Task.WhenAll(sent).OrTimeout("the deliveries");
        await late.OrTimeout("the last record to be taken");
        await producer.FlushAsync().OrTimeout("the flush");

        Assert.Equal(Enumerable.Range(0, 40).Select(number => (char)('A' + number)).Append('l'), fixture.Log.Values("t", 0).Select(value => value[0]));
    }

    [Fact]
    public async Task Waiting_for_memory_ends_with_a_clear_failure()
    {
        var open = new TaskCompletionSource();
        var clock = new FakeTimeProvider();
        await using var fixture = new ProducerFixture(change: options => options with { TimeProvider = clock });
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BatchSize = 1000, BufferMemory = 1000, MaxBlock = TimeSpan.FromSeconds(10) });
        await Warm(producer, clock);
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, async (request, _) =>
        {
            await open.Task;
            return fixture.Log.Produce(request);
        });
        var first = producer.ProduceAsync(ProducerFixture.Value(new string('a', 900))).AsTask();
        var second = producer.ProduceAsync(ProducerFixture.Value(new string('b', 900))).AsTask();

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => second.WhileMoving(clock, TimeSpan.FromSeconds(1), "the failure"));
        open.SetResult();
        await first.OrTimeout("the first record");

        Assert.Contains("no room for a record of topic 't' within 10000 ms", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["w", "a"], fixture.Log.Values("t", 0).Select(value => value[..1]));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Batches_are_compressed(CompressionCodec codec)
    {
        await using var fixture = new ProducerFixture();
        var codecs = new ConcurrentBag<CompressionCodec>();
        fixture.Log.Refuse = (_, header) =>
        {
            codecs.Add(header.Codec);
            return ErrorCode.None;
        };
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Compression = codec });

        await producer.ProduceAsync(ProducerFixture.Value(new string('x', 5000))).AsTask().OrTimeout("the delivery");

        Assert.Equal([codec], codecs);
        Assert.Equal([new string('x', 5000)], fixture.Log.Values("t", 0));
    }

    [Fact]
    public async Task The_level_of_compression_is_that_of_the_options()
    {
        var text = string.Join(' ', Enumerable.Range(0, 3_000).Select(static number => (number * 7919 % 1000).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var bytes = new List<int>();
        foreach (var level in new[] { 1, 9 })
        {
            await using var fixture = new ProducerFixture();
            fixture.Log.Refuse = (_, header) =>
            {
                bytes.Add(header.BatchSize);
                return ErrorCode.None;
            };
            await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Compression = CompressionCodec.Gzip, CompressionLevel = level });
            await producer.ProduceAsync(ProducerFixture.Value(text)).AsTask().OrTimeout("the delivery");
        }

        Assert.True(bytes[1] < bytes[0], $"Level 9 takes {bytes[1]} bytes, and level 1 {bytes[0]}.");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(12)]
    public async Task Every_version_that_a_broker_may_offer_works(short highest)
    {
        await using var fixture = new ProducerFixture(highest: highest);
        await fixture.Client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        Assert.Contains((ApiKey.Produce, highest), fixture.Broker.Requests);
    }

    [Fact]
    public async Task Without_acks_a_record_counts_as_delivered_when_it_was_sent()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Acks = Acks.None });

        var delivered = await producer.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");

        Assert.Equal(-1, delivered.Offset);
        await Eventually(() => fixture.Log.Values("t", 0).Count == 1);
    }

    [Fact]
    public async Task Keys_go_where_Kafkas_own_client_puts_them_and_records_without_a_key_change_over_after_a_batch()
    {
        await using var fixture = new ProducerFixture(partitions: 6);
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BatchSize = 2000, Linger = TimeSpan.Zero });
        foreach (var key in new[] { "21", "foobar", "a" })
        {
            var delivered = await producer.ProduceAsync(new ProducerRecord<string, string>("t", key, "v")).AsTask().OrTimeout("the delivery");
            Assert.Equal(Murmur2.PartitionOf(Encoding.UTF8.GetBytes(key), 6), delivered.Partition.Partition);
        }

        var partitions = new List<int>();
        for (var number = 0; number < 200; number++)
        {
            partitions.Add((await producer.ProduceAsync(ProducerFixture.Value(new string('x', 200))).AsTask().OrTimeout("the delivery")).Partition.Partition);
        }

        // About ten records make a batch, so partitions change every ten to twenty records and all of them are used.
        Assert.Equal(6, partitions.Distinct().Count());
        Assert.InRange(partitions.Zip(partitions.Skip(1)).Count(pair => pair.First != pair.Second), 5, 40);
    }

    [Fact]
    public async Task A_partitioner_of_the_callers_own_decides_and_may_leave_it()
    {
        await using var fixture = new ProducerFixture(partitions: 4);
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Partitioner = new ByLength() });

        var chosen = await producer.ProduceAsync(new ProducerRecord<string, string>("t", "abc", "v")).AsTask().OrTimeout("the delivery");
        var left = await producer.ProduceAsync(new ProducerRecord<string, string>("t", "", "v")).AsTask().OrTimeout("the delivery");
        var wrong = await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(new ProducerRecord<string, string>("t", "abcdef", "v")).AsTask().OrTimeout("the failure"));

        Assert.Equal((3, Murmur2.PartitionOf([], 4)), (chosen.Partition.Partition, left.Partition.Partition));
        Assert.Contains("ByLength chose partition 6 of topic 't', which has 4", wrong.Message, StringComparison.Ordinal);
    }

    private static async Task Warm(Producer producer, FakeTimeProvider clock) =>
        await producer.ProduceAsync(ProducerFixture.Value("warm")).AsTask().WhileMoving(clock, TimeSpan.FromMilliseconds(100), "the first record");

    private static async Task Eventually(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 20_000, "It did not come about.");
            await Task.Delay(1);
        }
    }

    private sealed class ByLength : IPartitioner
    {
        public int ChoosePartition(string topic, bool hasKey, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int partitionCount) => key.Length == 0 ? -1 : key.Length;
    }
}
