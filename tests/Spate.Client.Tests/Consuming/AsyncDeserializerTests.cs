using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Serialization;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

/// <summary>Deserialisers that take time: nothing of what holds for the others is different.</summary>
public sealed class AsyncDeserializerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_come_in_order_and_those_that_cannot_be_read_are_shown_with_position_and_bytes(bool inBatches)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = Client(broker, new Slow());
        await using var producer = client.CreateProducer(new() { Linger = TimeSpan.FromMilliseconds(50) });
        foreach (var value in new[] { "a", "b", "!", null, "c" })
        {
            await producer.PostAsync(new ProducerRecord<string, string>("t", "key", value)).AsTask().OrTimeout("the record to be taken");
        }

        await producer.FlushAsync().OrTimeout("the flush");
        var unreadable = new List<KafkaSerializationException>();
        await using var consumer = client.CreateConsumer(new ConsumerOptions
        {
            OnUnreadable = (told, _) =>
            {
                unreadable.Add(told);
                return ValueTask.CompletedTask;
            },
        });
        consumer.Assign([new("t", 0)], StartPosition.Beginning);

        var read = await Read(consumer, 4, inBatches).OrTimeout("the records");

        Assert.Equal([("key", "A"), ("key", "B"), ("key", null), ("key", "C")], read.ConvertAll(static record => (record.Key, record.Value?.Text)));
        var failure = Assert.Single(unreadable);
        Assert.Equal((2L, "key", "!"), (failure.Offset, Encoding.UTF8.GetString(failure.RawKey!), Encoding.UTF8.GetString(failure.RawValue!)));
        Assert.Contains("not a letter", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, consumer.Position(new("t", 0)));
    }

    [Fact]
    public async Task One_that_is_cancelled_is_read_again()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var cancellation = new CancellationTokenSource();
        var slow = new Slow { Before = cancellation.Cancel };
        await using var client = Client(broker, slow);
        await client.ProduceAsync("t", "a").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in consumer.ConsumeAsync<string, Letter>(cancellation.Token))
            {
                Assert.Fail("A record was handed out that was not read.");
            }
        });

        slow.Before = static () => { };
        Assert.Equal("A", (await Read(consumer, 1, inBatches: false).OrTimeout("the record"))[0].Value!.Text);
    }

    [Fact]
    public async Task It_is_found_by_its_type_and_gives_way_to_one_that_takes_no_time()
    {
        var slow = Serializers.Default.With(new Slow());
        Assert.NotNull(slow.AsyncReaderOf<Letter>());
        Assert.Null(slow.AsyncReaderOf<string>());
        Assert.Throws<KafkaSerializationException>(() => slow.ReaderOf<Letter>());
        Assert.Throws<KafkaSerializationException>(() => Serializers.Default.AsyncReaderOf<Letter>());
        Assert.Null(slow.With(new Quick()).AsyncReaderOf<Letter>());
        Assert.Equal("X", (await slow.AsyncReaderOf<Letter>()!.DeserializeAsync("x"u8.ToArray(), default, default)).Text);
    }

    private static KafkaClient Client(EmbeddedBroker broker, Slow slow) =>
        new(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = Serializers.Default.With(slow) });

    private static async Task<List<ConsumerRecord<string, Letter>>> Read(Consumer consumer, int count, bool inBatches)
    {
        var read = new List<ConsumerRecord<string, Letter>>();
        if (inBatches)
        {
            await foreach (var batch in consumer.ConsumeBatchesAsync<string, Letter>())
            {
                read.AddRange(batch.Records);
                if (read.Count >= count)
                {
                    break;
                }
            }
        }
        else
        {
            await foreach (var record in consumer.ConsumeAsync<string, Letter>())
            {
                read.Add(record);
                if (read.Count == count)
                {
                    break;
                }
            }
        }

        return read;
    }

    private sealed record Letter(string Text);

    private sealed class Slow : IAsyncDeserializer<Letter>
    {
        public Action Before { get; set; } = static () => { };

        public async ValueTask<Letter> DeserializeAsync(ReadOnlyMemory<byte> bytes, SerializationContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Before();
            cancellationToken.ThrowIfCancellationRequested();
            var text = Encoding.UTF8.GetString(bytes.Span);
            return text is [>= 'a' and <= 'z'] ? new Letter(text.ToUpperInvariant()) : throw new FormatException("That is not a letter.");
        }
    }

    private sealed class Quick : IDeserializer<Letter>
    {
        public Letter Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => new(Encoding.UTF8.GetString(bytes));
    }
}
