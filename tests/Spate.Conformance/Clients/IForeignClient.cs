using System.Text.Json;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>
/// A client that others wrote, in whatever language, or our own, started and at work. A new one implements this and is added to
/// <see cref="ForeignClients.All"/> with what it can do; each scenario is then run with it for which that suffices. What a client cannot do
/// fails with <see cref="NotSupportedException"/>, or with the error of its driver. Safe for use by several tests at once.
/// </summary>
internal interface IForeignClient : IAsyncDisposable
{
    /// <summary>Writes the records in their order and waits until all are acknowledged.</summary>
    /// <returns>The first of their offsets by topic and partition; nothing from a client that does not tell.</returns>
    Task<IReadOnlyDictionary<(string Topic, int Partition), long>> WriteAsync(BrokerProcess broker, IReadOnlyList<ClientRecord> records, WriteOptions? options = null);

    /// <summary>Reads the topics from there to their present ends.</summary>
    Task<IReadOnlyList<ClientRecord>> ReadAsync(BrokerProcess broker, IReadOnlyList<string> topics, ReadFrom from);

    /// <summary>Goes to the end of a topic, calls back, and reads so many records from there on.</summary>
    Task<IReadOnlyList<ClientRecord>> ReadFromEndAsync(BrokerProcess broker, string topic, int count, Func<Task> whenThere);

    /// <summary>Reads so many records as the only member of a group, from where the group stands (a new one: the beginning), commits and leaves.</summary>
    Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count);

    /// <summary>Starts a member of a group.</summary>
    Task<IGroupMember> JoinAsync(BrokerProcess broker, JoinOptions options);

    /// <summary>Has the client's administrator, or a producer of its, do something that needs no more than a few words.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="command">The driver's name for it.</param>
    /// <param name="arguments">An object with the arguments, or null.</param>
    /// <exception cref="ClientFailedException">The client reported an error.</exception>
    Task<JsonElement> AskAsync(BrokerProcess broker, string command, object? arguments = null);

    /// <summary>Ends the client, and every member of a group in it, as a crash would.</summary>
    Task KillAsync();
}
