using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Serialization;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

/// <summary>Consumers that are disposed while they are enumerated: nothing more is handed out.</summary>
public sealed class EndOfReadingTests
{
    private static readonly TopicPartition Zero = new("t", 0);

    [Theory]
    [InlineData(null)]
    [InlineData("g")]
    public async Task A_consumer_that_is_disposed_in_the_middle_of_a_batch_hands_out_nothing_more_of_it(string? group)
    {
        await using var broker = await StartAsync("a", "b", "c");
        await using var client = new KafkaClient(broker.BootstrapServers);
        var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = group });
        consumer.Assign([Zero], StartPosition.Beginning);
        var read = new List<string?>();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var record in consumer.ConsumeAsync<string, string>())
            {
                read.Add(record.Value);
                await consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
            }
        });

        Assert.Equal(["a"], read);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_consumer_that_is_disposed_while_a_deserialiser_takes_its_time_does_not_wait_for_it_and_its_bytes_stay_what_they_were(bool inBatches)
    {
        await using var broker = await StartAsync("a", "b");
        var slow = new Slow();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = Serializers.Default.With(slow) });
        var consumer = client.CreateConsumer();
        consumer.Assign([Zero], StartPosition.Beginning);
        var read = 0;
        var reading = Task.Run(async () =>
        {
            if (inBatches)
            {
                await foreach (var _ in consumer.ConsumeBatchesAsync<string, Letter>())
                {
                    read++;
                }
            }
            else
            {
                await foreach (var _ in consumer.ConsumeAsync<string, Letter>())
                {
                    read++;
                }
            }
        });
        await slow.Begun.Task.OrTimeout("the deserialiser to begin");

        await consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
        Assert.False(reading.IsCompleted);
        slow.Going.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.OrTimeout("the end of the enumeration"));
        Assert.Equal(0, read);
        Assert.Equal(["a", "b"], slow.Seen);
    }

    /// <summary>A broker with a batch of these.</summary>
    private static async Task<EmbeddedBroker> StartAsync(params string[] values)
    {
        var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMilliseconds(50) });
        foreach (var value in values)
        {
            await producer.PostAsync(new ProducerRecord<NoKey, string>("t", default, value)).AsTask().OrTimeout("the record to be taken");
        }

        await producer.FlushAsync().OrTimeout("the flush");
        return broker;
    }

    private sealed record Letter(string Text);

    private sealed class Slow : IAsyncDeserializer<Letter>
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Going { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Seen { get; } = [];

        public async ValueTask<Letter> DeserializeAsync(ReadOnlyMemory<byte> bytes, SerializationContext context, CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            await Going.Task;
            Seen.Add(Encoding.UTF8.GetString(bytes.Span));
            return new Letter(Seen[^1]);
        }
    }
}
