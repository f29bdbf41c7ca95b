using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Producing.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Suite;

/// <summary>What transactions do, whatever broker is at the other end: each derived class brings one, which looks for transactions that are over several times a second.</summary>
public abstract class TransactionSuite(string bootstrapServers)
{
    private const string End = "end";

    [Fact]
    public async Task What_is_committed_is_read_and_what_is_aborted_is_not()
    {
        await using var client = await WithTopicAsync("outcomes", partitions: 2);
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "outcomes" });
        for (var number = 0; number < 6; number++)
        {
            await using var transaction = await producer.BeginTransactionAsync().Soon();
            foreach (var partition in new[] { 0, 1 })
            {
                await transaction.PostAsync(new ProducerRecord<NoKey, string>("outcomes", default, $"{number}") { Partition = partition });
            }

            // Every third is committed, every third aborted, and every third only disposed.
            await (number % 3 == 0 ? transaction.CommitAsync() : number % 3 == 1 ? transaction.AbortAsync() : Task.CompletedTask).Soon();
        }

        await WriteEndAsync(client, "outcomes", partitions: 2);
        Assert.Equal(["0", "3", End], await ReadAsync(client, "outcomes", IsolationLevel.ReadCommitted));
        Assert.Equal(["0", "3", End], await ReadAsync(client, "outcomes", IsolationLevel.ReadCommitted, partition: 1));
    }

    [Fact]
    public async Task Nothing_of_an_open_transaction_or_behind_it_is_shown_to_those_who_read_what_is_committed()
    {
        await using var client = await WithTopicAsync("invisible");
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "invisible" });
        await using var transaction = await producer.BeginTransactionAsync().Soon();
        await transaction.ProduceAsync<NoKey, string>("invisible", default, "first").Soon();
        await WriteEndAsync(client, "invisible");

        Assert.Equal(["first", End], await ReadAsync(client, "invisible", IsolationLevel.ReadUncommitted));
        Assert.Equal(0, await EndOffsetAsync(client, "invisible", IsolationLevel.ReadCommitted));
        await transaction.CommitAsync().Soon();

        Assert.Equal(["first", End], await ReadAsync(client, "invisible", IsolationLevel.ReadCommitted));
    }

    [Fact]
    public async Task What_is_not_sent_when_a_transaction_is_aborted_is_never_sent()
    {
        await using var client = await WithTopicAsync("unsent");
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "unsent", Linger = TimeSpan.FromMinutes(1), DeliveryTimeout = TimeSpan.FromMinutes(3) });
        await using (var transaction = await producer.BeginTransactionAsync().Soon())
        {
            var waiting = transaction.ProduceAsync<NoKey, string>("unsent", default, "never").AsTask();
            await transaction.AbortAsync().Soon();
            var failure = await Assert.ThrowsAsync<KafkaTransactionException>(() => waiting.Soon());
            Assert.Equal((true, false, false), (failure.MustAbort, failure.IsFatal, failure.IsRetriable));
            await Assert.ThrowsAsync<KafkaTransactionException>(async () => await transaction.ProduceAsync<NoKey, string>("unsent", default, "late"));
        }

        await using (var next = await producer.BeginTransactionAsync().Soon())
        {
            await next.PostAsync(new ProducerRecord<NoKey, string>("unsent", default, End));
            await next.CommitAsync().Soon();
        }

        Assert.Equal([End], await ReadAsync(client, "unsent", IsolationLevel.ReadUncommitted));
    }

    [Fact]
    public async Task A_producer_whose_id_another_has_taken_is_fenced_and_what_it_had_under_way_is_aborted()
    {
        await using var client = await WithTopicAsync("fenced-producer");
        await using var before = client.CreateProducer(new ProducerOptions { TransactionalId = "fenced-producer" });
        await using var lost = await before.BeginTransactionAsync().Soon();
        await lost.ProduceAsync<NoKey, string>("fenced-producer", default, "lost").Soon();

        await using var after = client.CreateProducer(new ProducerOptions { TransactionalId = "fenced-producer" });
        await using (var kept = await after.BeginTransactionAsync().Soon())
        {
            await kept.ProduceAsync<NoKey, string>("fenced-producer", default, End).Soon();
            var fenced = await Assert.ThrowsAsync<KafkaProducerFencedException>(() => lost.CommitAsync().Soon());
            Assert.Equal((true, false, "fenced-producer"), (fenced.IsFatal, fenced.IsRetriable, fenced.TransactionalId));
            await kept.CommitAsync().Soon();
        }

        Assert.Equal([End], await ReadAsync(client, "fenced-producer", IsolationLevel.ReadCommitted));
        await lost.DisposeAsync().AsTask().Soon();
        await Assert.ThrowsAsync<KafkaProducerFencedException>(() => before.BeginTransactionAsync().Soon());
    }

    [Fact]
    public async Task A_transaction_that_takes_too_long_is_aborted_by_its_coordinator_and_cannot_be_committed()
    {
        await using var client = await WithTopicAsync("too-long");
        await using (var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "too-long", TransactionTimeout = TimeSpan.FromMilliseconds(50) }))
        {
            await using var transaction = await producer.BeginTransactionAsync().Soon();
            await transaction.ProduceAsync<NoKey, string>("too-long", default, "never").Soon();
            await UntilAsync(client, "too-long", TransactionState.CompleteAbort);

            // With transactions of the newer kind the producer may go on; with older ones it cannot be told from one that was replaced.
            var late = await Assert.ThrowsAnyAsync<KafkaException>(() => transaction.CommitAsync().Soon());
            Assert.True(late.MustAbort || late is KafkaProducerFencedException, $"{late}");
        }

        await WriteEndAsync(client, "too-long");
        Assert.Equal([End], await ReadAsync(client, "too-long", IsolationLevel.ReadCommitted));
    }

    [Fact]
    public async Task A_record_that_fails_has_its_transaction_refuse_to_commit_and_the_next_one_goes_through()
    {
        var name = "failing";
        await using var client = await WithTopicAsync(name);
        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [ConfigResource.Topic(name)] = [ConfigChange.Set("max.message.bytes", "1000")] }).Soon();
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = name });
        await using (var transaction = await producer.BeginTransactionAsync().Soon())
        {
            await transaction.ProduceAsync<NoKey, string>(name, default, "before").Soon();
            await transaction.PostAsync(new ProducerRecord<NoKey, string>(name, default, new string('x', 5000)));
            var refused = await Assert.ThrowsAsync<KafkaTransactionException>(() => transaction.CommitAsync().Soon());
            Assert.Equal((ErrorCode.MessageTooLarge, ErrorCode.MessageTooLarge), (refused.ErrorCode, ((KafkaException)refused.InnerException!).ErrorCode));
            await Assert.ThrowsAsync<KafkaTransactionException>(async () => await transaction.ProduceAsync<NoKey, string>(name, default, "after"));
        }

        await using (var next = await producer.BeginTransactionAsync().Soon())
        {
            await next.ProduceAsync<NoKey, string>(name, default, End).Soon();
            await next.CommitAsync().Soon();
        }

        Assert.Equal([End], await ReadAsync(client, name, IsolationLevel.ReadCommitted));
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task What_is_read_is_committed_with_what_is_written_and_read_again_when_that_is_aborted(GroupProtocol protocol)
    {
        var (source, target) = ($"in-{protocol}", $"out-{protocol}");
        await using var client = await WithTopicAsync(source);
        await CreateAsync(client, target, partitions: 1);
        foreach (var number in Enumerable.Range(0, 10))
        {
            await client.ProduceAsync(source, number).Soon();
        }

        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = target });
        var reading = new ConsumerOptions { GroupId = target, GroupProtocol = protocol, AutoCommit = false, OffsetReset = OffsetReset.Earliest, IsolationLevel = IsolationLevel.ReadCommitted };
        var attempts = 0;
        await using (var consumer = client.CreateConsumer(reading))
        {
            consumer.Subscribe(source);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            ProducerTransaction? transaction = null;
            await foreach (var record in consumer.ConsumeAsync<NoKey, int>(patience.Token))
            {
                transaction ??= await producer.BeginTransactionAsync(consumer, patience.Token);
                await transaction.PostAsync(new ProducerRecord<NoKey, string>(target, default, $"{record.Value}"));
                if (record.Value is not (4 or 9))
                {
                    continue;
                }

                // Each five records are worked on twice, since the first attempt is taken back.
                await (++attempts % 2 == 1 ? transaction.AbortAsync() : transaction.CommitAsync()).Soon();
                transaction = null;
                if (record.Value == 9 && attempts == 4)
                {
                    break;
                }
            }

            Assert.Equal(10, (await consumer.CommittedAsync([new(source, 0)]).Soon())[new(source, 0)]!.Value.Offset);
        }

        await WriteEndAsync(client, target);
        Assert.Equal([.. Enumerable.Range(0, 10).Select(number => $"{number}"), End], await ReadAsync(client, target, IsolationLevel.ReadCommitted));
    }

    [Fact]
    public async Task Offsets_of_a_member_that_its_group_does_not_know_are_refused_and_the_producer_goes_on()
    {
        await using var client = await WithTopicAsync("zombie");
        await using var member = client.CreateConsumer(new ConsumerOptions { GroupId = "zombie", AutoCommit = false, OffsetReset = OffsetReset.Earliest });
        member.Subscribe("zombie");
        await client.ProduceAsync("zombie", "read").Soon();
        await member.ConsumeAsync<NoKey, string>().TakeAsync(1);
        var offsets = new Dictionary<TopicPartition, CommittedOffset> { [new("zombie", 0)] = new(1) };
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "zombie" });
        await using (var transaction = await producer.BeginTransactionAsync().Soon())
        {
            var metadata = member.GroupMetadata;
            var refused = await Assert.ThrowsAsync<KafkaTransactionException>(() => transaction.SendOffsetsAsync(metadata with { Epoch = metadata.Epoch - 1 }, offsets).Soon());
            Assert.IsType<KafkaGroupException>(refused.InnerException);
            await Assert.ThrowsAsync<KafkaTransactionException>(() => transaction.CommitAsync().Soon());
        }

        await using (var transaction = await producer.BeginTransactionAsync().Soon())
        {
            await transaction.SendOffsetsAsync(member, offsets).Soon();
            await transaction.CommitAsync().Soon();
        }

        Assert.Equal(1, (await member.CommittedAsync([new("zombie", 0)]).Soon())[new("zombie", 0)]!.Value.Offset);
    }

    private static async Task UntilAsync(KafkaClient client, string transactionalId, TransactionState state)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var described = (await client.Admin.Transactions.DescribeAsync([transactionalId]).Soon())[transactionalId].Value;
            if (described.State == state)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"The transaction is {described.State} and not {state}.");
        }
    }

    private static async Task<long?> EndOffsetAsync(KafkaClient client, string topic, IsolationLevel isolation) =>
        (await client.Admin.Partitions.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [new(topic, 0)] = OffsetSpec.Latest }, isolation).Soon())[new(topic, 0)].Value.Offset;

    private static async Task WriteEndAsync(KafkaClient client, string topic, int partitions = 1)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            await client.Producer.ProduceAsync(new ProducerRecord<NoKey, string>(topic, default, End) { Partition = partition }).Soon();
        }
    }

    /// <summary>Everything up to the record that is last.</summary>
    private static async Task<List<string>> ReadAsync(KafkaClient client, string topic, IsolationLevel isolation, int partition = 0)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var consumer = client.CreateConsumer(new ConsumerOptions { IsolationLevel = isolation });
        consumer.Assign([new(topic, partition)], StartPosition.Beginning);
        var values = new List<string>();
        await foreach (var record in consumer.ConsumeAsync<NoKey, string>(patience.Token))
        {
            values.Add(record.Value!);
            if (record.Value == End)
            {
                break;
            }
        }

        return values;
    }

    private static async Task CreateAsync(KafkaClient client, string topic, int partitions)
    {
        var created = await client.Admin.Topics.CreateAsync([new(topic) { Partitions = partitions }]).Soon();
        Assert.True(created[topic].IsSuccess, created[topic].Error?.Message);
    }

    private async Task<KafkaClient> WithTopicAsync(string topic, int partitions = 1)
    {
        var client = new KafkaClient(bootstrapServers);
        await CreateAsync(client, topic, partitions);
        return client;
    }
}
