using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Client.Suite;

/// <summary>What producing does, whatever broker is at the other end: each derived class brings one.</summary>
public abstract class ProducerSuite(string bootstrapServers)
{
    private const int LargeLength = 900 * 1024;

    [Theory]
    [InlineData(Acks.All)]
    [InlineData(Acks.Leader)]
    [InlineData(Acks.None)]
    public async Task Every_kind_of_acknowledgement_delivers(Acks acks)
    {
        var topic = $"acks-{acks}";
        await using var client = new KafkaClient(bootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Acks = acks });

        var delivered = await producer.ProduceAsync(new ProducerRecord<string, string>(topic, "k", "v")).Soon();

        Assert.Equal(acks == Acks.None ? -1 : 0, delivered.Offset);
        Assert.Equal("v", (await client.ConsumeAsync<string, string>(topic, StartPosition.Beginning).TakeAsync(1))[0].Value);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Records_of_every_codec_come_back_whole_and_in_order(CompressionCodec codec)
    {
        const int count = 2000;
        var topic = $"codec-{codec}";
        await using var client = new KafkaClient(bootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Compression = codec });

        await producer.ProduceAsync(new ProducerRecord<int, string>(topic, 0, "value 0") { Partition = 0 }).Soon();
        await Task.WhenAll(Enumerable.Range(1, count - 1).Select(number => producer.ProduceAsync(new ProducerRecord<int, string>(topic, number, $"value {number}") { Partition = 0 }).Soon()));

        var read = await client.ConsumeAsync<int, string>(topic, StartPosition.Beginning).TakeAsync(count);
        Assert.Equal(Enumerable.Range(0, count).Select(number => (number, (long)number, $"value {number}")), read.Select(record => (record.Key, record.Offset, record.Value!)));
    }

    [Fact]
    public async Task Keys_values_headers_and_timestamps_arrive_as_they_were_sent()
    {
        const string topic = "contents";
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await using var client = new KafkaClient(bootstrapServers);
        var records = new (byte[]? Key, byte[]? Value)[]
        {
            ("key"u8.ToArray(), "value"u8.ToArray()),
            (null, "without a key"u8.ToArray()),
            ("without a value"u8.ToArray(), null),
            (null, null),
            ([], []),
            ("large"u8.ToArray(), new byte[LargeLength]),
        };
        var headers = new RecordHeader[] { new("one", "1"u8.ToArray()), new("one", "again"u8.ToArray()), new("nothing", null), new("empty", []) };
        foreach (var (key, value) in records)
        {
            await client.Producer.ProduceAsync(new ProducerRecord<byte[], byte[]>(topic, key, value) { Partition = 0, Timestamp = time, Headers = headers }).Soon();
        }

        var read = await client.ConsumeAsync<byte[], byte[]>(topic, StartPosition.Beginning).TakeAsync(records.Length);

        Assert.Equal(records.Select(record => (Text(record.Key), Text(record.Value))), read.Select(record => (Text(record.Key), Text(record.Value))));
        Assert.All(read, record => Assert.Equal(time, record.Timestamp));
        Assert.All(read, record => Assert.Equal(
            ["one=1", "one=again", "nothing=", "empty="], record.Headers.Select(header => $"{Encoding.UTF8.GetString(header.Key.Span)}={Encoding.UTF8.GetString(header.Value ?? [])}")));
        Assert.All(read, record => Assert.Equal((true, false), (record.Headers[2].Value is null, record.Headers[3].Value is null)));
    }

    [Fact]
    public async Task A_flush_ends_when_everything_is_delivered()
    {
        const string topic = "flushed";
        var reported = 0;
        await using var client = new KafkaClient(bootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1), DeliveryTimeout = TimeSpan.FromMinutes(3) });
        for (var number = 0; number < 100; number++)
        {
            await producer.PostAsync(new ProducerRecord<NoKey, int>(topic, default, number), report => reported += report.Error is null ? 1 : 0);
        }

        await producer.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(100, reported);
    }

    [Fact]
    public async Task Records_of_one_key_stay_in_one_partition()
    {
        const string topic = "keyed";
        await using var client = new KafkaClient(bootstrapServers);
        var created = await client.Admin.Topics.CreateAsync([new(topic) { Partitions = 5 }]).Soon();
        Assert.True(created[topic].IsSuccess, $"{created[topic]}");

        var delivered = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => client.ProduceAsync(topic, $"key-{number % 20}", number).Soon()));

        var places = delivered.Select((record, number) => (Key: number % 20, record.Partition.Partition)).Distinct().ToList();
        Assert.Equal(20, places.Count);
        Assert.True(places.Select(place => place.Partition).Distinct().Count() > 2, "The keys are not spread.");
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Convert.ToBase64String(bytes);
}
