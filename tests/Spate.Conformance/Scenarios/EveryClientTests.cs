using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Records, with each client in each role: what one writes, every other one reads.</summary>
public sealed class EveryClientTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    /// <summary>As large as a record may be, less a little for what is around it.</summary>
    private const int LargeLength = 900_000;

    private const long FirstTimestamp = 1_700_000_000_000;

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string, string> WritersAndReaders() => Pairs(Ability.None);

    public static TheoryData<string, string> WritersOfEverythingAndReaders() => Pairs(Ability.Headers | Ability.Nulls | Ability.Topics);

    [Theory]
    [MemberData(nameof(WritersAndReaders))]
    public async Task What_one_client_writes_with_any_codec_another_reads_alone_and_as_a_group(string writer, string reader)
    {
        var codecs = ForeignClients.Named(reader).CodecsFrom(ForeignClients.Named(writer));
        var lines = SeededText.Lines(seed: 7, bytes: 20_000);
        var written = codecs.ToDictionary(codec => $"every-client.{writer}.{reader}.{codec}", codec => Numbered($"every-client.{writer}.{reader}.{codec}", lines));
        foreach (var codec in codecs)
        {
            await clients[writer].WriteAsync(Broker, written[$"every-client.{writer}.{reader}.{codec}"], new WriteOptions(codec));
        }

        var read = await clients[reader].ReadAsync(Broker, [.. written.Keys], ReadFrom.Beginning);

        Assert.Equal(written.Values.Sum(records => records.Count), read.Count);
        Assert.All(written, topic => Assert.Equal(topic.Value, Without(read.Where(record => record.Topic == topic.Key)).ToList()));
        if (!ForeignClients.Named(reader).Can(Ability.ReadsAsGroup))
        {
            return;
        }

        var last = written.Last();
        var half = lines.Count / 2;
        Assert.Equal(last.Value[..half], Without(await clients[reader].ReadAsGroupAsync(Broker, last.Key, $"group-of-{last.Key}", half)));
        Assert.Equal(last.Value[half..], Without(await clients[reader].ReadAsGroupAsync(Broker, last.Key, $"group-of-{last.Key}", lines.Count - half)));
    }

    [Theory]
    [MemberData(nameof(WritersOfEverythingAndReaders))]
    public async Task Keys_values_headers_and_times_arrive_as_they_were_written(string writer, string reader)
    {
        var topic = $"contents.{writer}.{reader}";
        var large = string.Concat(SeededText.Lines(seed: 3, bytes: LargeLength))[..(LargeLength / 2)];
        ClientRecord[] contents =
        [
            new("key", "value"),
            new(null, "a value without a key"),
            new("a key without a value", null),
            new(null, null),
            new("", "a value with an empty key"),
            new("a key with an empty value", ""),
            new("", ""),
            new("ключ", "значение 水"),
            new("with headers", "value") { Headers = "one=1,two=второй,empty=" },
            new("large", large),
            new("after it", "small"),
        ];
        var written = contents
            .Where(record => record.Key is not null || record.Value is not null || ForeignClients.Named(writer).Can(Ability.NullRecords))
            .Select((record, index) => record with { Topic = topic, Partition = 0, Timestamp = FirstTimestamp + (index * 1000) })
            .ToList();

        var first = await clients[writer].WriteAsync(Broker, written);

        Assert.Equal(0, first[(topic, 0)]);
        var headers = ForeignClients.Named(reader).Can(Ability.Headers) || reader == "kcat";
        var times = ForeignClients.Named(reader).Can(Ability.TellsTimes);
        Assert.Equal(
            written.Select((record, index) => record with { Offset = index, Headers = headers ? record.Headers : "", Timestamp = times ? record.Timestamp : -1 }),
            await clients[reader].ReadAsync(Broker, [topic], ReadFrom.Beginning));
    }

    private static List<ClientRecord> Numbered(string topic, IReadOnlyList<string> lines) =>
        [.. lines.Select((line, index) => new ClientRecord($"key-{index % 10}", line) { Topic = topic, Partition = 0, Offset = index })];

    /// <summary>The records without the times that the client's clock gave them.</summary>
    private static IEnumerable<ClientRecord> Without(IEnumerable<ClientRecord> records) => records.Select(record => record with { Timestamp = -1 });

    private static TheoryData<string, string> Pairs(Ability ofTheWriter)
    {
        var data = new TheoryData<string, string>();
        foreach (var writer in ForeignClients.All.Where(client => client.Can(ofTheWriter)))
        {
            foreach (var reader in ForeignClients.All)
            {
                data.Add(writer.Name, reader.Name);
            }
        }

        return data;
    }
}
