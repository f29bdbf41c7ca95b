using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Producers that number their batches, and those that write in transactions.</summary>
public sealed class ClientProducerTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
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
    public async Task What_a_client_commits_is_read_and_what_it_aborts_is_not(string name)
    {
        var topic = $"transaction.{name}";
        await clients[name].AskAsync(Broker, "createTopics", new { topics = new[] { new { name = topic, partitions = 1, configs = new { } } } });
        await clients[name].AskAsync(Broker, "transaction", new
        {
            topic,
            transactionalId = $"id-of-{topic}",
            steps = new object[]
            {
                new { values = new[] { "a", "b" }, commits = true },
                new { values = new[] { "never" }, commits = false },
                new { values = new[] { "c" }, commits = true },
            },
        });
        await clients[name].WriteAsync(Broker, [new ClientRecord(null, "end") { Topic = topic, Partition = 0 }]);

        var member = await clients[name].JoinAsync(Broker, new JoinOptions($"group-of-{topic}", topic));
        await GroupWatch.UntilReadAsync([member], 4);
        await member.LeaveAsync();

        Assert.Equal(["a", "b", "c", "end"], member.Records.Select(record => record.Value));
    }

    [Theory]
    [InlineData("confluent-kafka")]
    [InlineData("kafkajs")]
    public async Task Offsets_go_with_the_transaction_that_they_are_part_of(string name)
    {
        var topic = $"offsets-in-transaction.{name}";
        var group = $"group-of-{topic}";
        await clients[name].AskAsync(Broker, "createTopics", new { topics = new[] { new { name = topic, partitions = 1, configs = new { } } } });
        await clients[name].AskAsync(Broker, "transaction", new
        {
            topic,
            transactionalId = $"id-of-{topic}",
            steps = new object[]
            {
                new { values = new[] { "a", "b", "c" }, commits = true, group, offset = 2 },
                new { values = new[] { "never" }, commits = false, group, offset = 3 },
            },
        });
        await clients[name].WriteAsync(Broker, [new ClientRecord(null, "end") { Topic = topic, Partition = 0 }]);

        var member = await clients[name].JoinAsync(Broker, new JoinOptions(group, topic));
        await GroupWatch.UntilReadAsync([member], 2);
        await member.LeaveAsync();

        Assert.Equal(["c", "end"], member.Records.Select(record => record.Value));
    }
}
