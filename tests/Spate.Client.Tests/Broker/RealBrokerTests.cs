using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Testing;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Broker;

/// <summary>The client against the real broker inside this process.</summary>
public sealed class RealBrokerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Hello_world()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);

        var delivered = await client.ProduceAsync("orders", "customer-7", "two of them").AsTask().OrTimeout("the delivery");
        var record = await First(client.ConsumeAsync<string, string>("orders", StartPosition.Beginning)).OrTimeout("the record");

        Assert.Equal((delivered.Partition, delivered.Offset, "customer-7", "two of them"), (record.Partition, record.Offset, record.Key, record.Value));
        Assert.Equal(delivered.Timestamp, record.Timestamp);
    }

    [Theory]
    [InlineData(CompressionCodec.None, true)]
    [InlineData(CompressionCodec.None, false)]
    [InlineData(CompressionCodec.Gzip, true)]
    [InlineData(CompressionCodec.Snappy, true)]
    [InlineData(CompressionCodec.Lz4, true)]
    [InlineData(CompressionCodec.Zstd, true)]
    public async Task What_is_produced_is_consumed_whole_and_in_order(CompressionCodec codec, bool idempotent)
    {
        await using var broker = await EmbeddedBroker.StartAsync("num.partitions=4");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Compression = codec, EnableIdempotence = idempotent });
        for (var number = 0; number < 4000; number++)
        {
            await producer.PostAsync(new ProducerRecord<int, string>("t", number, $"value {number}") { Partition = number % 4 }).AsTask().OrTimeout("the record to be taken");
        }

        await producer.FlushAsync().OrTimeout("the flush");

        var next = new[] { 0, 1, 2, 3 };
        var count = 0;
        await foreach (var record in client.ConsumeAsync<int, string>("t", StartPosition.Beginning))
        {
            Assert.Equal((next[record.Partition.Partition], $"value {record.Key}"), (record.Key, record.Value));
            next[record.Partition.Partition] += 4;
            if (++count == 4000)
            {
                break;
            }
        }
    }

    [Theory]
    [InlineData(Acks.All)]
    [InlineData(Acks.Leader)]
    [InlineData(Acks.None)]
    public async Task Every_kind_of_acknowledgement_works(Acks acks)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Acks = acks });
        var delivered = await producer.ProduceAsync(ProducerFixtureRecord("v")).AsTask().OrTimeout("the delivery");
        Assert.Equal(acks == Acks.None ? -1 : 0, delivered.Offset);
        Assert.Equal("v", (await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record")).Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_broker_killed_and_started_again_under_load_has_every_record_once_and_in_order(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Seed = seed, ReconnectBackoff = TimeSpan.FromMilliseconds(5), RetryBackoff = TimeSpan.FromMilliseconds(5) });
        await using var producer = client.CreateProducer(new ProducerOptions { BatchSize = 500, Linger = TimeSpan.Zero });
        var sent = new List<Task<RecordMetadata>>();
        for (var round = 0; round < 4; round++)
        {
            for (var number = random.Next(200, 600); number > 0; number--)
            {
                sent.Add(producer.ProduceAsync(ProducerFixtureRecord($"{sent.Count}")).AsTask());
            }

            await sent[random.Next(sent.Count - 100, sent.Count)].OrTimeout("a delivery");
            await broker.KillAsync().OrTimeout("the kill");
            sent.Add(producer.ProduceAsync(ProducerFixtureRecord($"{sent.Count}")).AsTask());
            await broker.RestartAsync().OrTimeout("the restart");
        }

        var delivered = await Task.WhenAll(sent).OrTimeout("all deliveries");

        Assert.All(delivered, (record, number) => Assert.True(record.Offset == number || record.Offset == -1, $"record {number} has offset {record.Offset}"));
        var values = new List<string>();
        await foreach (var record in client.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            values.Add(record.Value!);
            if (values.Count == sent.Count)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, sent.Count).Select(number => $"{number}"), values);
    }

    [Fact]
    public async Task Connections_cut_at_random_bytes_lose_nothing_and_double_nothing()
    {
        const int seed = 3;
        output.WriteLine($"seed {seed}");
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.BootstrapServers,
            Seed = seed,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            Security = new CuttingSecurity(new Random(seed), 2_000, 30_000),
        });
        await using var producer = client.CreateProducer(new ProducerOptions { BatchSize = 1000, Linger = TimeSpan.Zero });

        var sent = Enumerable.Range(0, 3000).Select(number => producer.ProduceAsync(ProducerFixtureRecord($"{number}")).AsTask()).ToList();
        await Task.WhenAll(sent).OrTimeout("3000 deliveries");

        var values = new List<string>();
        await using var reader = new KafkaClient(broker.BootstrapServers);
        await foreach (var record in reader.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            values.Add(record.Value!);
            if (values.Count == sent.Count)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(number => $"{number}"), values);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_told_of_when_the_broker_does_not_create_any()
    {
        await using var broker = await EmbeddedBroker.StartAsync("auto.create.topics.enable=false");
        var clock = new FakeTimeProvider();
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.BootstrapServers,
            TimeProvider = clock,
            ApiTimeout = TimeSpan.FromSeconds(20),
            Producer = new ProducerOptions { MaxBlock = TimeSpan.FromSeconds(20) },
        });
        await client.Admin.Cluster.DescribeAsync().OrTimeout("the cluster");

        var step = TimeSpan.FromMilliseconds(100);
        var produced = await Assert.ThrowsAsync<KafkaTimeoutException>(() => client.ProduceAsync("nowhere", "v").AsTask().WhileMoving(clock, step, "the failure"));
        var consumed = await Assert.ThrowsAsync<KafkaTimeoutException>(() => First(client.ConsumeAsync<string, string>("nowhere")).WhileMoving(clock, step, "the failure"));

        Assert.Contains("Topic 'nowhere' could not be used within 20000 ms: the cluster answers UNKNOWN_TOPIC_OR_PARTITION. Create the topic", produced.Message, StringComparison.Ordinal);
        Assert.Contains("Topic 'nowhere'", consumed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Positions_seeking_pausing_and_lag_are_what_they_say()
    {
        await using var broker = await EmbeddedBroker.StartAsync("num.partitions=2");
        await using var client = new KafkaClient(broker.BootstrapServers);
        var began = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        for (var number = 0; number < 10; number++)
        {
            await client.Producer.ProduceAsync(ProducerFixtureRecord($"{number}") with { Partition = 0, Timestamp = began.AddSeconds(number) }).AsTask().OrTimeout("the delivery");
        }

        var partition = new TopicPartition("t", 0);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([partition, new("t", 1)], StartPosition.Beginning);
        Assert.Equal("0", await Next(consumer));
        Assert.Equal((1L, 9L), (consumer.Position(partition), consumer.Lag(partition)));
        Assert.Equal("1", await Next(consumer));

        consumer.Seek(partition, StartPosition.At(7));
        Assert.Equal("7", await Next(consumer));
        consumer.Seek(partition, StartPosition.At(began.AddSeconds(3.5)));
        Assert.Equal("4", await Next(consumer));
        consumer.Seek(partition, StartPosition.At(began.AddHours(1)));
        var late = Next(consumer);
        await client.Producer.ProduceAsync(ProducerFixtureRecord("10") with { Partition = 0 }).AsTask().OrTimeout("the delivery");
        Assert.Equal("10", await late);

        consumer.Seek(partition, StartPosition.At(2));
        consumer.Pause(partition);
        await client.Producer.ProduceAsync(ProducerFixtureRecord("of the other partition") with { Partition = 1 }).AsTask().OrTimeout("the delivery");
        Assert.Equal("of the other partition", await Next(consumer));
        Assert.Equal(2, consumer.Position(partition));
        consumer.Resume(partition);
        Assert.Equal("2", await Next(consumer));
    }

    [Fact]
    public async Task An_offset_that_is_gone_is_reset_as_the_options_say()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.Producer.ProduceAsync(ProducerFixtureRecord("0")).AsTask().OrTimeout("the delivery");
        var partition = new TopicPartition("t", 0);

        await using var earliest = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Earliest });
        earliest.Assign([partition], StartPosition.At(500));
        Assert.Equal("0", await Next(earliest));

        await using var failing = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        failing.Assign([partition], StartPosition.At(500));
        var failure = await Assert.ThrowsAsync<KafkaException>(() => Next(failing));
        Assert.Equal((Spate.Protocol.Errors.ErrorCode.OffsetOutOfRange, partition), (failure.ErrorCode, failure.Partition));
        failing.Seek(partition, StartPosition.Beginning);
        Assert.Equal("0", await Next(failing));

        await using var unplaced = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        unplaced.Assign([partition]);
        await Assert.ThrowsAsync<KafkaException>(() => Next(unplaced));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_shown_with_its_bytes_and_passed()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        foreach (var value in new[] { new byte[] { 0, 0, 0, 1 }, [9, 9], [0, 0, 0, 2] })
        {
            await client.ProduceAsync("t", value).AsTask().OrTimeout("the delivery");
        }

        await using var thrower = client.CreateConsumer();
        thrower.Assign([new("t", 0)], StartPosition.Beginning);
        var first = await First(thrower.ConsumeAsync<string, int>()).OrTimeout("the first");
        var failure = await Assert.ThrowsAsync<KafkaSerializationException>(() => First(thrower.ConsumeAsync<string, int>()).OrTimeout("the failure"));
        var last = await First(thrower.ConsumeAsync<string, int>()).OrTimeout("the last");
        Assert.Equal((1, 2), (first.Value, last.Value));
        Assert.Equal((1L, new TopicPartition("t", 0)), (failure.Offset, failure.Partition!.Value));
        Assert.Equal([9, 9], failure.RawValue!);
        Assert.Null(failure.RawKey);

        var told = new List<long>();
        await using var teller = client.CreateConsumer(new ConsumerOptions
        {
            OnUnreadable = (unreadable, _) =>
            {
                told.Add(unreadable.Offset!.Value);
                return ValueTask.CompletedTask;
            },
        });
        teller.Assign([new("t", 0)], StartPosition.Beginning);
        var read = new List<int>();
        await foreach (var record in teller.ConsumeAsync<string, int>())
        {
            read.Add(record.Value);
            if (read.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([1, 2], read);
        Assert.Equal([1L], told);
    }

    [Fact]
    public async Task Batches_are_handed_out_as_they_were_written()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(10) });
        await client.ProduceAsync("t", "alone").AsTask().OrTimeout("the delivery");
        for (var number = 0; number < 5; number++)
        {
            await producer.PostAsync(ProducerFixtureRecord($"{number}")).AsTask().OrTimeout("the record to be taken");
        }

        await producer.FlushAsync().OrTimeout("the flush");
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var sizes = new List<int>();
        await foreach (var batch in consumer.ConsumeBatchesAsync<string, string>())
        {
            sizes.Add(batch.Records.Count);
            if (sizes.Sum() == 6)
            {
                break;
            }
        }

        // The five may have been parted by the first of them standing in line for the topic.
        Assert.Equal(1, sizes[0]);
        Assert.True(sizes.Count <= 3, $"{sizes.Count} batches");
    }

    [Fact]
    public async Task Sessions_over_many_partitions_miss_nothing_also_when_the_broker_has_forgotten_them()
    {
        await using var broker = await EmbeddedBroker.StartAsync("num.partitions=30");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var consumer = client.CreateConsumer();
        await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the topic");
        for (var number = 0; number < 150; number++)
        {
            if (number == 75)
            {
                await broker.KillAsync().OrTimeout("the kill");
                await broker.RestartAsync().OrTimeout("the restart");
            }

            var delivered = await client.Producer.ProduceAsync(ProducerFixtureRecord($"{number}") with { Partition = number * 7 % 30 }).AsTask().OrTimeout("the delivery");
            Assert.Equal($"{number}", await Next(consumer));
            Assert.Equal(delivered.Offset + 1, consumer.Position(new("t", number * 7 % 30)));
        }
    }

    [Fact]
    public async Task What_is_read_ahead_has_a_bound()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        for (var number = 0; number < 40; number++)
        {
            await client.ProduceAsync("t", new byte[100_000]).AsTask().OrTimeout("the delivery");
        }

        await using var consumer = client.CreateConsumer(new ConsumerOptions { PrefetchBytes = 500_000, PartitionFetchBytes = 200_000 });
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var count = 0;
        await foreach (var record in consumer.ConsumeAsync<string, byte[]>())
        {
            Assert.Equal(100_000, record.Value!.Length);
            if (++count == 40)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task One_enumeration_at_a_time_and_nothing_that_is_not_assigned()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var consumer = client.CreateConsumer();
        Assert.Throws<InvalidOperationException>(() => consumer.Seek(new("t", 0), StartPosition.End));
        Assert.Throws<ArgumentException>(() => consumer.Assign([new("", 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => consumer.Assign([new("t", -1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => StartPosition.At(-1));
        Assert.Throws<KafkaConfigurationException>(() => client.CreateConsumer(new ConsumerOptions { FetchMaxWait = TimeSpan.FromSeconds(30) }));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Next(consumer));
        consumer.Assign([new("t", 0)]);
        using var cancellation = new CancellationTokenSource();
        var first = Next(consumer, cancellation.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Next(consumer));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var waiting = Next(consumer);
        await consumer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    private static ProducerRecord<NoKey, string> ProducerFixtureRecord(string value) => new("t", default, value);

    private static async Task<string> Next(Consumer consumer, CancellationToken cancellationToken = default) =>
        (await First(consumer.ConsumeAsync<string, string>(cancellationToken)).OrTimeout("the next record")).Value!;

    private static async Task<T> First<T>(IAsyncEnumerable<T> records)
    {
        await foreach (var record in records)
        {
            return record;
        }

        throw new InvalidOperationException("The records ended.");
    }
}
