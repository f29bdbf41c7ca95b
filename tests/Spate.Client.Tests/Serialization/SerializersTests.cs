using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spate.Client.Consuming;
using Spate.Client.Serialization;
using Spate.Testing;

namespace Spate.Client.Tests.Serialization;

public sealed partial class SerializersTests
{
    private static readonly SerializationContext Context = new("t", RecordPart.Value);

    [Fact]
    public void What_is_built_in_writes_the_bytes_that_other_clients_read_and_reads_them()
    {
        RoundTrip("grün", "6772C3BC6E");
        RoundTrip("", "");
        RoundTrip(-2, "FFFFFFFE");
        RoundTrip(1L << 40, "0000010000000000");
        RoundTrip(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "00112233445566778899AABBCCDDEEFF");
        RoundTrip(new byte[] { 1, 2 }, "0102");
        Assert.Equal([3], Serializers.Default.ReaderOf<ReadOnlyMemory<byte>>().Deserialize([3], Context).ToArray());
        Assert.Equal("03", Written(new ReadOnlyMemory<byte>([3])));
    }

    [Fact]
    public async Task Numbers_may_be_null_and_delete_a_key()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);

        await client.ProduceAsync<string, int?>("stock", "a", 7).AsTask().OrTimeout("the number");
        await client.ProduceAsync<string, int?>("stock", "a", null).AsTask().OrTimeout("the deletion");
        var read = new List<int?>();
        await foreach (var record in client.ConsumeAsync<string, int?>("stock", StartPosition.Beginning))
        {
            read.Add(record.Value);
            if (read.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([7, null], read);
        Assert.Equal("00112233445566778899AABBCCDDEEFF", Written<Guid?>(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")));
    }

    [Fact]
    public void A_type_with_a_null_goes_along_when_the_one_without_is_replaced()
    {
        var id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        var text = new GuidTextSerializer();
        var set = Serializers.Default.With<Guid>(text, text);

        var bytes = new ArrayBufferWriter<byte>();
        set.WriterOf<Guid?>().Serialize(id, bytes, Context);
        Assert.Equal(id.ToString(), Encoding.UTF8.GetString(bytes.WrittenSpan));
        Assert.Equal(id, set.ReaderOf<Guid?>().Deserialize(bytes.WrittenSpan, Context));

        var missing = Assert.Throws<KafkaSerializationException>(() => Serializers.Default.WriterOf<DateTime?>());
        Assert.Contains("WithNullable<DateTime>, once it has those for DateTime", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_such_value_are_refused_with_what_was_expected()
    {
        Assert.Contains("4 bytes; these are 3", Assert.Throws<FormatException>(() => Read<int>([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("8 bytes; these are 4", Assert.Throws<FormatException>(() => Read<long>([1, 2, 3, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("16 bytes; these are 0", Assert.Throws<FormatException>(() => Read<Guid>([])).Message, StringComparison.Ordinal);
        Assert.Throws<DecoderFallbackException>(() => Read<string>([0xFF]));
        Assert.Throws<KafkaSerializationException>(() => Serializers.Default.ReaderOf<Uri>());
        Assert.Throws<KafkaSerializationException>(() => Serializers.Default.WriterOf<Uri>());
    }

    [Fact]
    public void A_set_with_more_in_it_leaves_the_first_one_as_it_was()
    {
        var more = Serializers.Default.WithJson(Json.Default.Order);
        Assert.Equal(new Order("a", 2), more.ReaderOf<Order>().Deserialize("""{"Id":"a","Count":2}"""u8, Context));
        Assert.Throws<KafkaSerializationException>(() => Serializers.Default.WriterOf<Order>());
    }

    [Fact]
    public async Task Objects_travel_as_json_by_generated_contracts()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = Serializers.Default.WithJson(Json.Default.Order) });

        await client.ProduceAsync("orders", Guid.Empty, new Order("a", 2)).AsTask().OrTimeout("the delivery");
        await foreach (var record in client.ConsumeAsync<Guid, Order>("orders", StartPosition.Beginning))
        {
            Assert.Equal((Guid.Empty, new Order("a", 2)), (record.Key, record.Value));
            break;
        }
    }

    [Fact]
    public async Task Messages_travel_as_protobuf_and_bytes_that_are_none_are_told_of_with_their_position()
    {
        var serializers = Serializers.Default.WithProtobuf(Timestamp.Parser).WithProtobuf(StringValue.Parser);
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = serializers });
        var value = new Timestamp { Seconds = 1_700_000_000, Nanos = 5 };

        await client.ProduceAsync("m", new StringValue { Value = "k" }, value).AsTask().OrTimeout("the message");
        await client.ProduceAsync("m", new StringValue(), new Timestamp()).AsTask().OrTimeout("the empty message");
        await client.ProduceAsync("m", "no message").AsTask().OrTimeout("the text");
        var read = new List<(StringValue? Key, Timestamp? Value)>();
        var unreadable = await Assert.ThrowsAsync<KafkaSerializationException>(() => ReadAsync(client, read)).OrTimeout("the records");

        Assert.Equal([(new StringValue { Value = "k" }, value), (new StringValue(), new Timestamp())], read);
        Assert.Equal((2L, "no message"), (unreadable.Offset, Encoding.UTF8.GetString(unreadable.RawValue!)));
        Assert.IsType<InvalidProtocolBufferException>(unreadable.InnerException);
    }

    private static async Task ReadAsync(KafkaClient client, List<(StringValue? Key, Timestamp? Value)> read)
    {
        await foreach (var record in client.ConsumeAsync<StringValue, Timestamp>("m", StartPosition.Beginning))
        {
            read.Add((record.Key, record.Value));
        }
    }

    [Fact]
    public void What_Kafka_has_serialisers_for_is_written_as_Kafka_writes_it()
    {
        RoundTrip((short)-2, "FFFE");
        RoundTrip(1.5f, "3FC00000");
        RoundTrip(-0.1d, "BFB999999999999A");
        RoundTrip(true, "01");
        RoundTrip(false, "00");
        Assert.Throws<FormatException>(() => Read<short>([1]));
        Assert.Throws<FormatException>(() => Read<float>([1, 2, 3]));
        Assert.Throws<FormatException>(() => Read<double>([]));
        Assert.Throws<FormatException>(() => Read<bool>([2]));
        Assert.Throws<FormatException>(() => Read<bool>([0, 0]));
        Assert.Equal(default, Read<NoKey>([1, 2, 3]));
    }

    [Fact]
    public void Guids_are_written_as_text_for_those_who_want_it()
    {
        var text = new GuidTextSerializer();
        var set = Serializers.Default.With<Guid>(text, text);
        var value = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        var buffer = new ArrayBufferWriter<byte>();
        set.WriterOf<Guid>().Serialize(value, buffer, Context);
        Assert.Equal("00112233-4455-6677-8899-aabbccddeeff", System.Text.Encoding.ASCII.GetString(buffer.WrittenSpan));
        Assert.Equal(value, set.ReaderOf<Guid>().Deserialize(buffer.WrittenSpan, Context));
        Assert.Throws<FormatException>(() => set.ReaderOf<Guid>().Deserialize("00112233-4455-6677-8899-aabbccddeeff "u8, Context));
        Assert.Throws<FormatException>(() => set.ReaderOf<Guid>().Deserialize(new byte[16], Context));
    }

    private static void RoundTrip<T>(T value, string hex)
    {
        Assert.Equal(hex, Written(value));
        Assert.Equal(value, Read<T>(Convert.FromHexString(hex)));
    }

    private static string Written<T>(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Serializers.Default.WriterOf<T>().Serialize(value, buffer, Context);
        return Convert.ToHexString(buffer.WrittenSpan);
    }

    private static T Read<T>(byte[] bytes) => Serializers.Default.ReaderOf<T>().Deserialize(bytes, Context);

    internal sealed record Order(string Id, int Count);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class Json : JsonSerializerContext;
}
