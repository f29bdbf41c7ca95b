using System.Globalization;
using System.Text;
using System.Text.Json;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>kcat, for the scenarios of every client. It is a program for each call, so there is nothing to start or to end.</summary>
internal sealed class KcatClient : IForeignClient
{
    public async Task<IReadOnlyDictionary<(string Topic, int Partition), long>> WriteAsync(
        BrokerProcess broker, IReadOnlyList<ClientRecord> records, WriteOptions? options = null)
    {
        options ??= new WriteOptions();
        foreach (var group in records.GroupBy(record => (record.Topic, record.Partition)))
        {
            string[] partition = group.Key.Partition < 0 ? [] : ["-p", group.Key.Partition.ToString(CultureInfo.InvariantCulture)];
            await Kcat.WriteLinesAsync(
                broker, group.Key.Topic, group.Select(record => $"{record.Key}\t{record.Value}"), ["-K", "\\t", "-z", options.Codec, .. partition]);
        }

        return new Dictionary<(string Topic, int Partition), long>();
    }

    public async Task<IReadOnlyList<ClientRecord>> ReadAsync(BrokerProcess broker, IReadOnlyList<string> topics, ReadFrom from)
    {
        var where = from.At switch
        {
            "time" => string.Create(CultureInfo.InvariantCulture, $"s@{from.Value}"),
            "offset" => from.Value.ToString(CultureInfo.InvariantCulture),
            _ => from.At,
        };
        var records = new List<ClientRecord>();
        foreach (var topic in topics)
        {
            records.AddRange(Convert(topic, await Kcat.ReadAsync(broker, topic, "-o", where)));
        }

        return records;
    }

    public async Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count) =>
        Convert(topic, await Kcat.ReadAsGroupAsync(broker, group, topic, count));

    public Task<IReadOnlyList<ClientRecord>> ReadFromEndAsync(BrokerProcess broker, string topic, int count, Func<Task> whenThere) =>
        throw new NotSupportedException("kcat does not say when it is there.");

    public Task<IGroupMember> JoinAsync(BrokerProcess broker, JoinOptions options) =>
        throw new NotSupportedException("kcat commits when it likes; see KcatMember.");

    public Task<JsonElement> AskAsync(BrokerProcess broker, string command, object? arguments = null) =>
        throw new NotSupportedException("kcat has no administrator.");

    public Task KillAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ClientRecord[] Convert(string topic, IEnumerable<KcatRecord> records) =>
        [.. records.Select(record => new ClientRecord(record.Key is null ? null : Encoding.UTF8.GetString(record.Key), record.Value is null ? null : record.Text)
        {
            Headers = record.Headers,
            Topic = topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Timestamp = record.Timestamp,
        })];
}
