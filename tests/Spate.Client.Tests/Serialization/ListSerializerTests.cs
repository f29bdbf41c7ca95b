using System.Buffers;
using Spate.Client.Consuming;
using Spate.Client.Serialization;
using Spate.Testing;

namespace Spate.Client.Tests.Serialization;

public sealed class ListSerializerTests
{
    private static readonly SerializationContext Context = new("t", RecordPart.Value);

    [Fact]
    public void Lists_have_the_bytes_of_Kafkas_own_serializer()
    {
        // How, entries, and each with its length.
        RoundTrip<string>(["a", null, ""], "01" + "00000003" + "0000000161" + "FFFFFFFF" + "00000000");
        RoundTrip<bool>([true], "01" + "00000001" + "0000000101");

        // How, nulls, entries, and each.
        RoundTrip<int>([1, -1], "00" + "00000000" + "00000002" + "00000001" + "FFFFFFFF");
        RoundTrip<short>([2], "00" + "00000000" + "00000001" + "0002");
        RoundTrip<double>([], "00" + "00000000" + "00000000");
        RoundTrip<int?>([1, null, -1], "00" + "00000001" + "00000001" + "00000003" + "00000001" + "FFFFFFFF");
    }

    [Fact]
    public void Guids_as_text_are_entries_of_one_size_with_nulls_by_their_indexes()
    {
        var text = new NullableGuids();
        var list = new ListSerializer<Guid?>(text, text);
        var written = Written<IReadOnlyList<Guid?>>(list, [null, null]);

        Assert.Equal("01" + "00000002" + "FFFFFFFF" + "FFFFFFFF", written);
        Assert.Equal(36, ((IFixedSize)new GuidTextSerializer()).SizeInBytes);
    }

    [Fact]
    public void Nulls_of_entries_of_one_size_are_read_by_their_indexes()
    {
        var failure = Assert.Throws<FormatException>(() => Read<int>("00" + "00000001" + "00000001" + "00000002" + "00000007"));
        Assert.Contains("Int32 has no null", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0100000001")]
    [InlineData("0100000001FFFFFFFE")]
    [InlineData("010000000100000002AA")]
    [InlineData("017FFFFFFF")]
    [InlineData("01FFFFFFFF")]
    [InlineData("0100000000AA")]
    [InlineData("0200000000")]
    [InlineData("000000000000000000")]
    public void What_is_no_list_is_refused_before_room_is_made_for_it(string hex) => Assert.Throws<FormatException>(() => Read<string>(hex));

    [Theory]
    [InlineData("007FFFFFFF")]
    [InlineData("00FFFFFFFF")]
    [InlineData("00000000007FFFFFFF")]
    [InlineData("000000000000000002000000AA")]
    public void What_is_no_list_of_numbers_is_refused_before_room_is_made_for_it(string hex) => Assert.Throws<FormatException>(() => Read<int>(hex));

    [Fact]
    public async Task Lists_travel_in_records()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, Serializers = Serializers.Default.WithList<string>() });

        await client.ProduceAsync<string, IReadOnlyList<string?>>("t", "k", ["a", "b"]).AsTask().OrTimeout("the delivery");
        await foreach (var record in client.ConsumeAsync<string, IReadOnlyList<string?>>("t", StartPosition.Beginning))
        {
            Assert.Equal(["a", "b"], record.Value!);
            break;
        }
    }

    private static void RoundTrip<T>(IReadOnlyList<T?> value, string hex)
    {
        var set = Serializers.Default.WithList<T>();
        Assert.Equal(hex, Written(set.WriterOf<IReadOnlyList<T?>>(), value));
        Assert.Equal(value, Read<T>(hex));
    }

    private static IReadOnlyList<T?> Read<T>(string hex) => Serializers.Default.WithList<T>().ReaderOf<IReadOnlyList<T?>>().Deserialize(Convert.FromHexString(hex), Context);

    private static string Written<T>(ISerializer<T> serializer, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serializer.Serialize(value, buffer, Context);
        return Convert.ToHexString(buffer.WrittenSpan);
    }

    private sealed class NullableGuids : ISerializer<Guid?>, IDeserializer<Guid?>
    {
        public void Serialize(Guid? value, IBufferWriter<byte> destination, SerializationContext context) => throw new NotSupportedException();

        public Guid? Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => throw new NotSupportedException();
    }
}
