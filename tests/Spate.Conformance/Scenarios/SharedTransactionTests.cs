using Spate.Client;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Protocol;

namespace Spate.Conformance.Scenarios;

/// <summary>Spate.Client and clients that others wrote, on the two sides of transactions.</summary>
public sealed class SharedTransactionTests(TransactionBroker shared, SharedClients clients) : IClassFixture<TransactionBroker>, IClassFixture<SharedClients>
{
    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> TransactionalClients() => ForeignClients.With(Ability.Transactions);

    [Theory]
    [MemberData(nameof(TransactionalClients))]
    public async Task What_Spate_Client_commits_another_client_reads_and_what_it_aborts_it_does_not(string name)
    {
        var topic = $"ours-for-{name}";
        await using var client = await WithTopicAsync(topic);
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = topic });

        // One aborted transaction alone: of several that a producer has in one answer, platformatic-kafka knows the last.
        foreach (var (value, commits) in new[] { ("a", true), ("never", false), ("b", true) })
        {
            await using var transaction = await producer.BeginTransactionAsync();
            await transaction.ProduceAsync<NoKey, string>(topic, default, value);
            if (commits)
            {
                await transaction.CommitAsync();
            }
        }

        await client.ProduceAsync(topic, "end");

        var member = await clients[name].JoinAsync(Broker, new JoinOptions($"group-of-{topic}", topic));
        await GroupWatch.UntilReadAsync([member], 3);
        await member.LeaveAsync();
        Assert.Equal(["a", "b", "end"], member.Records.Select(record => record.Value));
    }

    [Theory]
    [MemberData(nameof(TransactionalClients))]
    public async Task What_another_client_commits_Spate_Client_reads_and_what_it_aborts_it_does_not(string name)
    {
        var topic = $"theirs-of-{name}";
        await using var client = await WithTopicAsync(topic);
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
        await client.ProduceAsync(topic, "end");

        Assert.Equal(["a", "b", "c", "end"], await ReadAsync(client, topic));
    }

    [Fact]
    public async Task Offsets_that_Spate_Client_commits_in_a_transaction_are_where_another_client_goes_on()
    {
        const string topic = "offsets-of-ours";
        await using var client = await WithTopicAsync(topic);
        foreach (var value in new[] { "a", "b", "c" })
        {
            await client.ProduceAsync(topic, value);
        }

        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = topic });
        foreach (var (offset, commits) in new[] { (2, true), (3, false) })
        {
            await using var transaction = await producer.BeginTransactionAsync();
            await transaction.SendOffsetsAsync(new ConsumerGroupMetadata("group-of-ours"), new Dictionary<TopicPartition, CommittedOffset> { [new(topic, 0)] = new(offset) });
            await (commits ? transaction.CommitAsync() : transaction.AbortAsync());
        }

        var member = await clients["confluent-kafka"].JoinAsync(Broker, new JoinOptions("group-of-ours", topic));
        await GroupWatch.UntilReadAsync([member], 1);
        await member.LeaveAsync();
        Assert.Equal(["c"], member.Records.Select(record => record.Value));
    }

    [Fact]
    public async Task Each_puts_out_a_producer_of_the_other_that_has_the_same_name()
    {
        const string topic = "one-name";
        await using var client = await WithTopicAsync(topic);
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = topic });
        await using var transaction = await producer.BeginTransactionAsync();
        await transaction.ProduceAsync<NoKey, string>(topic, default, "never");

        await clients["confluent-kafka"].AskAsync(Broker, "transaction", new { topic, transactionalId = topic, steps = new object[] { new { values = new[] { "end" }, commits = true } } });

        await Assert.ThrowsAsync<KafkaProducerFencedException>(() => transaction.CommitAsync());
        Assert.Equal(["end"], await ReadAsync(client, topic));
    }

    private static async Task<List<string>> ReadAsync(KafkaClient client, string topic)
    {
        using var bound = new CancellationTokenSource(Bounds.Client);
        await using var consumer = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        consumer.Assign([new(topic, 0)], StartPosition.Beginning);
        var values = new List<string>();
        await foreach (var record in consumer.ConsumeAsync<NoKey, string>(bound.Token))
        {
            values.Add(record.Value!);
            if (record.Value == "end")
            {
                break;
            }
        }

        return values;
    }

    private async Task<KafkaClient> WithTopicAsync(string topic)
    {
        var client = new KafkaClient(Broker.Address);
        var created = await client.Admin.Topics.CreateAsync([new(topic)]);
        Assert.True(created[topic].IsSuccess, created[topic].Error?.Message);
        return client;
    }
}
