using System.Diagnostics;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Producers that number their batches, and those that want transactions.</summary>
public sealed class ClientProducerTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    /// <summary>How soon a client must hear that there are no transactions; its own patience is a minute and more.</summary>
    private static readonly TimeSpan RefusalMax = TimeSpan.FromSeconds(15);

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> IdempotentClients() => ForeignClients.With(Ability.Idempotence);

    public static TheoryData<string> TransactionalClients() => ForeignClients.With(Ability.Transactions);

    [Theory]
    [MemberData(nameof(IdempotentClients))]
    public async Task An_idempotent_producer_writes_every_record_once(string name)
    {
        var topic = $"idempotent.{name}";
        var codecs = ForeignClients.Named(name).Codecs;
        var written = new List<ClientRecord>();
        await clients[name].AskAsync(Broker, "createTopics", new { topics = new[] { new { name = topic, partitions = 3, configs = new { } } } });
        foreach (var codec in codecs)
        {
            var records = Enumerable.Range(written.Count, 300)
                .Select(number => new ClientRecord("key", $"{number}") { Topic = topic, Partition = number % 3, Offset = number / 3, Timestamp = 1_700_000_000_000 })
                .ToList();
            await clients[name].WriteAsync(Broker, records, new WriteOptions(codec, Idempotent: true));
            written.AddRange(records);
        }

        var read = await clients[name].ReadAsync(Broker, [topic], ReadFrom.Beginning);

        Assert.Equal(written, read.OrderBy(record => record.Offset).ThenBy(record => record.Partition));
    }

    [Theory]
    [MemberData(nameof(TransactionalClients))]
    public async Task A_transaction_is_refused_at_once_and_reading_goes_on(string name)
    {
        var topic = $"transaction.{name}";
        await clients[name].WriteAsync(Broker, [new ClientRecord(null, "before") { Topic = topic, Partition = 0 }]);
        var member = await clients[name].JoinAsync(Broker, new JoinOptions($"group-of-{topic}", topic));
        await GroupWatch.UntilReadAsync([member], 1);
        var clock = Stopwatch.StartNew();

        var refused = await Assert.ThrowsAsync<ClientFailedException>(() =>
            clients[name].AskAsync(Broker, "transaction", new { topic, transactionalId = $"id-of-{topic}" }));

        Assert.True(clock.Elapsed < RefusalMax, $"It took {clock.Elapsed.TotalSeconds:f1} s until: {refused.Error}");
        Assert.Matches("(?i)authoriz|Failed to find group coordinator", refused.Error);
        await clients[name].WriteAsync(Broker, [new ClientRecord(null, "after") { Topic = topic, Partition = 0 }]);
        await GroupWatch.UntilReadAsync([member], 2);
        Assert.Equal(["before", "after"], member.Records.Select(record => record.Value));
        await member.LeaveAsync();
    }
}
