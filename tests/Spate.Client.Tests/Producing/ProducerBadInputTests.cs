using System.Buffers;
using Spate.Client.Producing;
using Spate.Client.Serialization;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Producing;

public sealed class ProducerBadInputTests
{
    public static TheoryData<string, ProducerOptions> WrongOptions => new()
    {
        { "Linger", new ProducerOptions { Linger = TimeSpan.FromSeconds(-1) } },
        { "BatchSize", new ProducerOptions { BatchSize = 0 } },
        { "BufferMemory", new ProducerOptions { BufferMemory = 10 } },
        { "MaxRequestSize", new ProducerOptions { MaxRequestSize = 0 } },
        { "MaxInFlight", new ProducerOptions { MaxInFlight = 0 } },
        { "Retries", new ProducerOptions { Retries = -1 } },
        { "MaxBlock", new ProducerOptions { MaxBlock = TimeSpan.Zero } },
        { "DeliveryTimeout", new ProducerOptions { DeliveryTimeout = TimeSpan.FromSeconds(29) } },
        { "Acks", new ProducerOptions { Acks = (Acks)7 } },
        { "needs Acks.All", new ProducerOptions { EnableIdempotence = true, Acks = Acks.Leader } },
        { "at most 5 requests", new ProducerOptions { EnableIdempotence = true, MaxInFlight = 6 } },
        { "needs retries", new ProducerOptions { EnableIdempotence = true, Retries = 0 } },
        { "which is no codec", new ProducerOptions { Compression = (CompressionCodec)6 } },
        { "which Gzip does not have", new ProducerOptions { Compression = CompressionCodec.Gzip, CompressionLevel = 10 } },
        { "which None does not have", new ProducerOptions { CompressionLevel = 1 } },
    };

    [Theory]
    [MemberData(nameof(WrongOptions), DisableDiscoveryEnumeration = true)]
    public async Task Options_that_cannot_be_used_are_refused_by_name(string expected, ProducerOptions options)
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        var failure = Assert.Throws<KafkaConfigurationException>(() => client.CreateProducer(options));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);

        // By the client's constructor, or, where it is about what does not fit the client's own options, when a producer is made of them.
        await Assert.ThrowsAsync<KafkaConfigurationException>(async () =>
        {
            await using var wrong = new KafkaClient(new KafkaClientOptions { BootstrapServers = "127.0.0.1:1", Producer = options });
            _ = wrong.Producer;
        });
    }

    [Fact]
    public void Idempotence_gives_way_where_the_other_options_exclude_it_and_nobody_asked_for_it()
    {
        Assert.True(new ProducerOptions().IsIdempotent);
        Assert.False(new ProducerOptions { Acks = Acks.Leader }.IsIdempotent);
        Assert.False(new ProducerOptions { MaxInFlight = 6 }.IsIdempotent);
        Assert.False(new ProducerOptions { EnableIdempotence = false }.IsIdempotent);
    }

    [Fact]
    public async Task A_serialiser_that_throws_fails_its_record_only()
    {
        await using var fixture = new ProducerFixture(change: options => options with { Serializers = Serializers.Default.With(new Thrower()) });

        var failure = await Assert.ThrowsAsync<KafkaSerializationException>(() => fixture.Client.ProduceAsync("t", new Uri("http://a")).AsTask().OrTimeout("the failure"));
        await fixture.Client.ProduceAsync("t", "fine").AsTask().OrTimeout("the delivery");

        Assert.Contains("The value of a record for topic 't' could not be written by Thrower: no uris today", failure.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(failure.InnerException);
        Assert.Equal(["fine"], fixture.Log.Values("t", 0));
    }

    [Fact]
    public async Task A_type_without_a_serialiser_says_how_to_add_one()
    {
        await using var fixture = new ProducerFixture();
        var failure = await Assert.ThrowsAsync<KafkaSerializationException>(() => fixture.Client.ProduceAsync("t", new Version(1, 2)).AsTask().OrTimeout("the failure"));
        Assert.Contains("no serialiser for System.Version. Add one to KafkaClientOptions.Serializers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_none_is_refused()
    {
        await using var fixture = new ProducerFixture();
        await Assert.ThrowsAsync<KafkaSerializationException>(() => fixture.Client.ProduceAsync("t", "half a pair: \ud800").AsTask().OrTimeout("the failure"));
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_before_it_is_sent()
    {
        await using var fixture = new ProducerFixture();
        var failure = await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", new byte[1024 * 1024]).AsTask().OrTimeout("the failure"));
        Assert.Equal((ErrorCode.MessageTooLarge, false), (failure.ErrorCode, failure.IsRetriable));
        Assert.Contains("MaxRequestSize (1048576)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_partitions_that_cannot_be_are_refused()
    {
        await using var fixture = new ProducerFixture();
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.ProduceAsync("", "v").AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Client.Producer.ProduceAsync(ProducerFixture.Value("v", -1)).AsTask());
        var failure = await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.Producer.ProduceAsync(ProducerFixture.Value("v", 5)).AsTask().OrTimeout("the failure"));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, failure.ErrorCode);
        Assert.Contains("t-5 cannot be sent: the topic has 1 partitions", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.InvalidRecord)]
    [InlineData(ErrorCode.InvalidTimestamp)]
    [InlineData(ErrorCode.UnsupportedCompressionType)]
    [InlineData(ErrorCode.PolicyViolation)]
    [InlineData(ErrorCode.UnknownServerError)]
    public async Task What_a_broker_refuses_fails_with_its_reason_and_what_comes_after_is_delivered(ErrorCode error)
    {
        await using var fixture = new ProducerFixture();
        var refusals = 1;
        fixture.Log.Refuse = (_, _) => refusals-- > 0 ? error : ErrorCode.None;

        var failure = await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", "bad").AsTask().OrTimeout("the failure"));
        await fixture.Client.ProduceAsync("t", "good").AsTask().OrTimeout("the delivery");

        Assert.Equal((error, false, false), (failure.ErrorCode, failure.IsRetriable, failure.IsFatal));
        Assert.Contains($"Produce for t-0 at broker 1 (127.0.0.1:{fixture.Broker.Port}) failed with {ErrorCatalog.NameOf(error)}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["good"], fixture.Log.Values("t", 0));
    }

    [Theory]
    [InlineData(ErrorCode.ClusterAuthorizationFailed)]
    [InlineData(ErrorCode.ProducerFenced)]
    public async Task What_ends_an_idempotent_producer_is_told_to_everybody_from_then_on(ErrorCode error)
    {
        await using var fixture = new ProducerFixture();
        fixture.Log.Refuse = (_, _) => error;

        foreach (var value in new[] { "first", "second" })
        {
            var failure = await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", value).AsTask().OrTimeout("the failure"));
            Assert.Equal((error, true), (failure.ErrorCode, failure.IsFatal));
        }

        await using var another = fixture.Client.CreateProducer(new ProducerOptions());
        fixture.Log.Refuse = (_, _) => ErrorCode.None;
        await another.ProduceAsync(ProducerFixture.Value("third")).AsTask().OrTimeout("another producer's delivery");
    }

    [Fact]
    public async Task A_broker_without_producer_ids_is_told_of_with_the_way_out()
    {
        await using var broker = new FakeBroker();
        var cluster = new FakeCluster();
        cluster.Add(1, broker);
        cluster.SetTopic("t", (1, 0));
        var log = new FakeLog();
        broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 9, (request, _) => log.Produce(request));
        await using var client = new KafkaClient(broker.Address);

        var failure = await Assert.ThrowsAsync<KafkaException>(() => client.ProduceAsync("t", "v").AsTask().OrTimeout("the failure"));
        await using var plain = client.CreateProducer(new ProducerOptions { EnableIdempotence = false });
        await plain.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the delivery");

        Assert.Equal((ErrorCode.UnsupportedVersion, true), (failure.ErrorCode, failure.IsFatal));
        Assert.Contains("set EnableIdempotence to false", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_that_throws_ends_the_producer_and_does_not_go_unheard()
    {
        await using var fixture = new ProducerFixture();
        await fixture.Client.Producer.PostAsync(ProducerFixture.Value("v"), static _ => throw new InvalidOperationException("oops")).AsTask().OrTimeout("the record to be taken");
        await fixture.Client.Producer.FlushAsync().OrTimeout("the flush");

        var failure = await Assert.ThrowsAsync<KafkaException>(async () =>
        {
            while (true)
            {
                await fixture.Client.ProduceAsync("t", "w").AsTask().OrTimeout("a delivery");
            }
        });
        Assert.True(failure.IsFatal);
        Assert.Contains("A delivery callback threw InvalidOperationException: oops", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCode.None)]
    [InlineData(ErrorCode.InvalidRecord)]
    public async Task A_callback_that_throws_keeps_nobody_else_of_its_batch_from_being_told_once(ErrorCode answer)
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1) });
        await using var warm = fixture.Client.CreateProducer(new ProducerOptions());
        await warm.ProduceAsync(ProducerFixture.Value("w")).AsTask().OrTimeout("the first record");
        fixture.Log.Refuse = (_, _) => answer;
        var told = new List<string>();
        await producer.PostAsync(ProducerFixture.Value("a"), _ => told.Add("a"));
        await producer.PostAsync(ProducerFixture.Value("b"), static _ => throw new InvalidOperationException("oops"));
        await producer.PostAsync(ProducerFixture.Value("c"), _ => told.Add("c"));
        var beside = producer.ProduceAsync(ProducerFixture.Value("d")).AsTask();
        await producer.FlushAsync().OrTimeout("the flush");

        if (answer == ErrorCode.None)
        {
            Assert.Equal(4, (await beside.OrTimeout("the record beside it")).Offset);
        }
        else
        {
            await Assert.ThrowsAsync<KafkaException>(() => beside.OrTimeout("the record beside it"));
        }

        Assert.Equal(["a", "c"], told);
    }

    [Fact]
    public async Task A_result_that_is_asked_for_too_early_is_refused_and_harms_no_other_record()
    {
        await using var fixture = new ProducerFixture();
        await fixture.Client.ProduceAsync("t", "warm").AsTask().OrTimeout("the first record");
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1) });
        var early = producer.ProduceAsync(ProducerFixture.Value("a"));
        Assert.Contains("not delivered yet", Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult()).Message, StringComparison.Ordinal);
        var other = producer.ProduceAsync(ProducerFixture.Value("b")).AsTask();

        await producer.FlushAsync().OrTimeout("the flush");

        Assert.Equal((1, 2), ((await early.AsTask().OrTimeout("the first")).Offset, (await other.OrTimeout("the second")).Offset));
        Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult());
        var (one, two) = (producer.ProduceAsync(ProducerFixture.Value("c")).AsTask(), producer.ProduceAsync(ProducerFixture.Value("d")).AsTask());
        await producer.FlushAsync().OrTimeout("the second flush");
        Assert.Equal((3, 4), ((await one.OrTimeout("the third")).Offset, (await two.OrTimeout("the fourth")).Offset));
    }

    [Fact]
    public async Task A_partitioner_that_throws_fails_its_record_only()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Partitioner = new Undecided() });

        for (var round = 0; round < 2; round++)
        {
            var failure = await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(new ProducerRecord<string, string>("t", "k", "v")).AsTask().OrTimeout("the failure"));
            Assert.Equal("The partitioner Undecided threw InvalidOperationException for a record of topic 't': no idea. Nothing was sent.", failure.Message);
            Assert.Equal((false, false), (failure.IsRetriable, failure.IsFatal));
        }

        await producer.ProduceAsync(new ProducerRecord<string, string>("t", "k", "v") { Partition = 0 }).AsTask().OrTimeout("the delivery");
    }

    [Fact]
    public async Task A_time_before_1970_is_refused()
    {
        await using var fixture = new ProducerFixture();
        var record = new ProducerRecord<string, string>("t", "k", "v") { Timestamp = DateTimeOffset.UnixEpoch.AddMilliseconds(-1) };
        var failure = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Client.Producer.ProduceAsync(record).AsTask());
        Assert.Contains("before 1970", failure.Message, StringComparison.Ordinal);
        await fixture.Client.Producer.ProduceAsync(record with { Timestamp = DateTimeOffset.UnixEpoch }).AsTask().OrTimeout("the delivery");
    }

    [Fact]
    public async Task After_the_end_nothing_is_taken()
    {
        await using var fixture = new ProducerFixture();
        var producer = fixture.Client.CreateProducer(new ProducerOptions());
        await producer.DisposeAsync();
        await producer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => producer.ProduceAsync(ProducerFixture.Value("v")).AsTask());
        await fixture.Client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Client.ProduceAsync("t", "v").AsTask());
    }

    [Fact]
    public async Task Cancelling_while_a_topic_is_waited_for_ends_the_wait()
    {
        await using var fixture = new ProducerFixture();
        using var cancellation = new CancellationTokenSource();
        var waiting = fixture.Client.ProduceAsync("not-there", "v", cancellation.Token).AsTask();
        var behind = fixture.Client.ProduceAsync("not-there", "v", cancellation.Token).AsTask();
        Assert.False(waiting.IsCompleted || behind.IsCompleted);
        await cancellation.CancelAsync();
        foreach (var call in new[] { waiting, behind })
        {
            var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.OrTimeout("the cancellation"));
            Assert.Equal(cancellation.Token, canceled.CancellationToken);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Client.ProduceAsync("t", "v", cancellation.Token).AsTask());
    }

    private sealed class Undecided : IPartitioner
    {
        public int ChoosePartition(string topic, bool hasKey, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int partitionCount) => throw new InvalidOperationException("no idea");
    }

    private sealed class Thrower : ISerializer<Uri>
    {
        public void Serialize(Uri value, IBufferWriter<byte> destination, SerializationContext context) => throw new NotSupportedException("no uris today");
    }
}
