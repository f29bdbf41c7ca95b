using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Conformance.Processes;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Conformance.Clients;

/// <summary>
/// Spate.Client, which is held to what the others are held to, and put together with each of them. It lives in the test's process; the broker does not.
/// </summary>
internal sealed class SpateClient : IForeignClient
{
    public const string Name = "spate-client";

    private readonly ConcurrentDictionary<string, KafkaClient> _clients = new();
    private readonly ConcurrentDictionary<(string Address, WriteOptions Options), Producer> _producers = new();

    public async Task<IReadOnlyDictionary<(string Topic, int Partition), long>> WriteAsync(
        BrokerProcess broker, IReadOnlyList<ClientRecord> records, WriteOptions? options = null)
    {
        var producer = _producers.GetOrAdd((broker.Address, options ?? new WriteOptions()), key => To(broker).CreateProducer(new ProducerOptions
        {
            Compression = Enum.Parse<CompressionCodec>(key.Options.Codec, ignoreCase: true),
            EnableIdempotence = key.Options.Idempotent,
        }));
        var written = await Task.WhenAll(records.Select(record => producer.ProduceAsync(Outgoing(record)).AsTask())).WaitAsync(Bounds.Client);
        return written.GroupBy(record => (record.Partition.Topic, record.Partition.Partition)).ToDictionary(place => place.Key, place => place.Min(record => record.Offset));
    }

    public Task<IReadOnlyList<ClientRecord>> ReadAsync(BrokerProcess broker, IReadOnlyList<string> topics, ReadFrom from) =>
        ReadAsync(broker, topics, from, count: null, () => Task.CompletedTask);

    public Task<IReadOnlyList<ClientRecord>> ReadFromEndAsync(BrokerProcess broker, string topic, int count, Func<Task> whenThere) =>
        ReadAsync(broker, [topic], ReadFrom.End, count, whenThere);

    public async Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count)
    {
        var records = new List<ClientRecord>();
        await using var consumer = To(broker).CreateConsumer(new ConsumerOptions { GroupId = group, OffsetReset = OffsetReset.Earliest, AutoCommit = false });
        consumer.Subscribe(topic);
        using var bound = new CancellationTokenSource(Bounds.Client);
        await foreach (var record in consumer.ConsumeAsync<byte[], byte[]>(bound.Token))
        {
            records.Add(Incoming(record));
            if (records.Count == count)
            {
                // Those before it in other partitions are finished; this one is only by being named.
                await consumer.CommitAsync(bound.Token);
                await consumer.CommitAsync(record, bound.Token);
                break;
            }
        }

        return records;
    }

    // Its members stand beside those of librdkafka in the client's own tests (MixedGroupTests), and not in the scenarios that drive members from outside.
    public Task<IGroupMember> JoinAsync(BrokerProcess broker, JoinOptions options) => throw new NotSupportedException("Members of Spate.Client are put into groups by its own tests.");

    public async Task<JsonElement> AskAsync(BrokerProcess broker, string command, object? arguments = null)
    {
        try
        {
            var answer = await SpateAdministration.DoAsync(To(broker).Admin, command, JsonSerializer.SerializeToElement(arguments)).WaitAsync(Bounds.Client);
            return JsonSerializer.SerializeToElement(answer);
        }
        catch (KafkaException failure)
        {
            throw new ClientFailedException(Name, command, failure.Message, trace: "");
        }
    }

    public Task KillAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var producer in _producers.Values)
        {
            await producer.DisposeAsync();
        }

        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    private KafkaClient To(BrokerProcess broker) => _clients.GetOrAdd(broker.Address, address => new KafkaClient(address));

    /// <summary>Reads up to the ends as they are found, or so many records when a number is given.</summary>
    private async Task<IReadOnlyList<ClientRecord>> ReadAsync(
        BrokerProcess broker, IReadOnlyList<string> topics, ReadFrom from, int? count, Func<Task> whenThere)
    {
        var client = To(broker);
        var described = await client.Admin.Topics.DescribeAsync(topics);
        var places = described.Values.SelectMany(topic => topic.Value.Partitions.Select((_, index) => new TopicPartition(topic.Value.Name, index))).ToList();
        var starts = await OffsetsAsync(client, places, from);
        var ends = await OffsetsAsync(client, places, ReadFrom.End);
        var left = places.Where(place => starts[place] < ends[place]).ToHashSet();
        var records = new List<ClientRecord>();
        await using var consumer = client.CreateConsumer();
        consumer.Assign(places, StartPosition.Beginning);
        foreach (var place in places)
        {
            consumer.Seek(place, StartPosition.At(starts[place]));
        }

        await whenThere();
        if (count is null && left.Count == 0)
        {
            return records;
        }

        using var bound = new CancellationTokenSource(Bounds.Client);
        await foreach (var record in consumer.ConsumeAsync<byte[], byte[]>(bound.Token))
        {
            records.Add(Incoming(record));
            if (record.Offset + 1 >= ends[record.Partition])
            {
                left.Remove(record.Partition);
            }

            if (count is null ? left.Count == 0 : records.Count == count)
            {
                break;
            }
        }

        return records;
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, long>> OffsetsAsync(KafkaClient client, IReadOnlyList<TopicPartition> places, ReadFrom from) => from.At == "offset"
        ? places.ToDictionary(place => place, _ => from.Value)
        : (await client.Admin.Partitions.ListOffsetsAsync(places.ToDictionary(place => place, _ => SpecOf(from))))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Value.Offset ?? -1);

    internal static OffsetSpec SpecOf(ReadFrom from) => from.At switch
    {
        "beginning" => OffsetSpec.Earliest,
        "end" => OffsetSpec.Latest,
        _ => OffsetSpec.At(DateTimeOffset.FromUnixTimeMilliseconds(from.Value)),
    };

    private static ProducerRecord<byte[], byte[]> Outgoing(ClientRecord record) => new(record.Topic, Bytes(record.Key), Bytes(record.Value))
    {
        Partition = record.Partition < 0 ? null : record.Partition,
        Timestamp = record.Timestamp < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp),
        Headers = record.Headers.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(header => header.Split('=', 2))
            .Select(header => new RecordHeader(header[0], Bytes(header[1])))
            .ToArray(),
    };

    private static ClientRecord Incoming(ConsumerRecord<byte[], byte[]> record) => new(Text(record.Key), Text(record.Value))
    {
        Topic = record.Partition.Topic,
        Partition = record.Partition.Partition,
        Offset = record.Offset,
        Timestamp = record.TimestampMs,
        Headers = string.Join(',', record.Headers.Select(header => $"{Encoding.UTF8.GetString(header.Key.Span)}={Text(header.Value)}")),
    };

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
