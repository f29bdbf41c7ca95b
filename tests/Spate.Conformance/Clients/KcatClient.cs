using System.Text;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>kcat, for the scenarios of every client.</summary>
internal sealed class KcatClient : IForeignClient
{
    public string Name => "kcat";

    public Task WriteAsync(BrokerProcess broker, string topic, string codec, IReadOnlyList<ClientRecord> records) =>
        Kcat.WriteLinesAsync(broker, topic, records.Select(record => $"{record.Key}\t{record.Value}"), "-K", "\\t", "-z", codec);

    public async Task<IReadOnlyList<ClientRecord>> ReadAllAsync(BrokerProcess broker, string topic) =>
        Convert(await Kcat.ReadAsync(broker, topic));

    public async Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count) =>
        Convert(await Kcat.ReadAsGroupAsync(broker, group, topic, count));

    private static ClientRecord[] Convert(IEnumerable<KcatRecord> records) =>
        [.. records.Select(record => new ClientRecord(Encoding.UTF8.GetString(record.Key ?? []), record.Text))];
}
