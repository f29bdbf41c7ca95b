using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>
/// A client that others wrote, in whatever language, as far as the scenarios need it that every client must pass. A new one implements
/// this and is added to <see cref="ForeignClients.All"/>; each then reads what every other one wrote.
/// </summary>
internal interface IForeignClient
{
    /// <summary>The client's name, in the names of tests.</summary>
    string Name { get; }

    /// <summary>Writes the records in their order, waits until all are acknowledged, and ends.</summary>
    /// <param name="broker">The broker to write to.</param>
    /// <param name="topic">A topic of one partition, or none yet.</param>
    /// <param name="codec">none, gzip, snappy, lz4 or zstd.</param>
    /// <param name="records">What to write.</param>
    Task WriteAsync(BrokerProcess broker, string topic, string codec, IReadOnlyList<ClientRecord> records);

    /// <summary>Reads the topic from its beginning to its present end.</summary>
    Task<IReadOnlyList<ClientRecord>> ReadAllAsync(BrokerProcess broker, string topic);

    /// <summary>Reads so many records as the only member of a group, from where the group stands (a new one: the beginning), commits and leaves.</summary>
    Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count);
}
