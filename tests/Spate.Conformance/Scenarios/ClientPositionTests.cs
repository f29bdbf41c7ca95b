using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Where the clients may begin to read, and what they are told of offsets; kcat's answers are in <see cref="OffsetTests"/>.</summary>
public sealed class ClientPositionTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    private const int Partitions = 3;
    private const int PerPartition = 50;
    private const long FirstTimestamp = 1_700_000_000_000;

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> Clients() => ForeignClients.With(Ability.Topics);

    public static TheoryData<string> ClientsWithTimes() => ForeignClients.With(Ability.Times);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_reads_from_the_beginning_from_an_offset_and_from_the_end(string name)
    {
        var (topic, written) = await WriteAsync("position", name);

        Assert.Equal(written, Sorted(await clients[name].ReadAsync(Broker, [topic], ReadFrom.Beginning)));
        Assert.Equal(written.Where(record => record.Offset >= 17), Sorted(await clients[name].ReadAsync(Broker, [topic], ReadFrom.Offset(17))));
        var next = new ClientRecord("next", "after the end") { Topic = topic, Partition = 1, Timestamp = FirstTimestamp };
        var read = await clients[name].ReadFromEndAsync(Broker, topic, 1, () => clients[name].WriteAsync(Broker, [next]));
        Assert.Equal([next with { Offset = PerPartition }], read);
    }

    [Theory]
    [MemberData(nameof(ClientsWithTimes))]
    public async Task A_client_reads_from_a_time(string name)
    {
        var (topic, written) = await WriteAsync("time", name);

        foreach (var number in new[] { 0, 1, 20, PerPartition - 1 })
        {
            // A record's time is its number in seconds; half a second before it, the record itself is the first.
            var time = FirstTimestamp + (number * 1000) - 500;
            Assert.Equal(written.Where(record => record.Offset >= number), Sorted(await clients[name].ReadAsync(Broker, [topic], ReadFrom.Time(time))));
            Assert.Equal(new long[] { number, number, number }, await OffsetsAsync(name, topic, ReadFrom.Time(time)));
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_is_told_the_first_offset_and_the_next_one(string name)
    {
        var (topic, _) = await WriteAsync("offsets", name);

        Assert.Equal(new long[] { 0, 0, 0 }, await OffsetsAsync(name, topic, ReadFrom.Beginning));
        Assert.Equal(new long[] { PerPartition, PerPartition, PerPartition }, await OffsetsAsync(name, topic, ReadFrom.End));
    }

    private async Task<long[]> OffsetsAsync(string name, string topic, ReadFrom from)
    {
        var answer = await clients[name].AskAsync(Broker, "listOffsets", new { topic, partitions = new[] { 0, 1, 2 }, from = new { at = from.At, value = from.Value } });
        return [.. answer.EnumerateArray().Select(offset => offset.GetInt64())];
    }

    private async Task<(string Topic, IReadOnlyList<ClientRecord> Written)> WriteAsync(string purpose, string name)
    {
        var topic = $"{purpose}.{name}";
        await clients[name].AskAsync(Broker, "createTopics", new { topics = new[] { new { name = topic, partitions = Partitions, configs = new { } } } });
        var records = Enumerable.Range(0, Partitions)
            .SelectMany(partition => Enumerable.Range(0, PerPartition).Select(number => new ClientRecord($"{partition}", $"{partition}:{number}")
            {
                Topic = topic,
                Partition = partition,
                Offset = number,
                Timestamp = FirstTimestamp + (number * 1000),
            }))
            .ToList();

        // One after the other, so that each is a batch of its own with a time of its own.
        foreach (var number in Enumerable.Range(0, PerPartition))
        {
            await clients[name].WriteAsync(Broker, [.. records.Where(record => record.Offset == number)]);
        }

        return (topic, records);
    }

    private static IEnumerable<ClientRecord> Sorted(IEnumerable<ClientRecord> records) => records.OrderBy(record => (record.Partition, record.Offset));
}
