using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Producing.Transactions;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

/// <summary>What consumers make of transactions, committed and aborted, that lie one in the other over several partitions.</summary>
public sealed class CommittedReadingTests
{
    private const int Partitions = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Committed_records_come_each_once_and_in_order_and_the_position_passes_the_marks_at_the_end(int seed)
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Settings = [$"num.partitions={Partitions}", "transaction.state.log.num.partitions=2"] });
        await using var client = new KafkaClient(broker.BootstrapServers);
        var expected = await WriteAsync(client, new Random(seed));
        var count = expected.Sum(static values => values.Count);
        Assert.True(count > 20, $"Seed {seed} leaves {count} records.");

        foreach (var way in new[] { "records", "batches", "raw" })
        {
            await using var consumer = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted, PartitionFetchBytes = 500 });
            await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the topic");
            using var ending = new CancellationTokenSource();
            var read = Enumerable.Range(0, Partitions).Select(static _ => new List<string>()).ToArray();
            var reading = Task.Run(() => ReadAsync(consumer, way, read, ending.Token));
            var ends = await EndsAsync(client);
            await Waiting.Until(
                () => reading.IsCompleted || ends.All(end => consumer.Position(end.Key) == end.Value),
                () => $"the ends {string.Join(", ", ends)} with seed {seed}; the positions are {string.Join(", ", ends.Keys.Select(name => consumer.Position(name)))}");
            Assert.All(ends.Keys, name => Assert.Equal(0, consumer.Lag(name)));
            await ending.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.OrTimeout("the end of the enumeration"));

            for (var partition = 0; partition < Partitions; partition++)
            {
                Assert.True(expected[partition].SequenceEqual(read[partition]), $"Partition {partition} as {way} with seed {seed}: {string.Join(' ', read[partition])}, where {string.Join(' ', expected[partition])} was committed.");
            }
        }
    }

    [Fact]
    public async Task An_open_transaction_holds_back_what_lies_behind_it_and_the_lag_ends_before_it()
    {
        await using var broker = await EmbeddedBroker.StartAsync("transaction.state.log.num.partitions=2");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "open" });
        var zero = new TopicPartition("t", 0);
        await client.ProduceAsync("t", "before").AsTask().OrTimeout("the delivery");
        await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the transaction");
        await transaction.ProduceAsync<NoKey, string>("t", default, "in").AsTask().OrTimeout("the delivery");
        await client.ProduceAsync("t", "behind").AsTask().OrTimeout("the delivery");

        await using var consumer = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        consumer.Assign([zero], StartPosition.Beginning);
        await using var records = consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.Equal("before", await NextAsync(records));
        Assert.Equal((1L, 0L), (consumer.Position(zero), consumer.Lag(zero)));
        await using var impatient = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadUncommitted });
        impatient.Assign([zero], StartPosition.Beginning);
        await using var all = impatient.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.Equal("before", await NextAsync(all));
        Assert.Equal(2, impatient.Lag(zero));

        var next = NextAsync(records);
        await transaction.CommitAsync().OrTimeout("the commit");

        Assert.Equal("in", await next);
        Assert.Equal("behind", await NextAsync(records));

        // Behind the last record lies the mark of the commit.
        var none = NextAsync(records);
        await Waiting.Until(() => consumer.Position(zero) == 4, () => $"the position to pass the mark; it is {consumer.Position(zero)}");
        Assert.Equal(0, consumer.Lag(zero));
        Assert.False(none.IsCompleted);
        await client.ProduceAsync("t", "last").AsTask().OrTimeout("the delivery");
        Assert.Equal("last", await none);
    }

    [Fact]
    public async Task A_group_goes_on_behind_the_marks_at_the_end()
    {
        await using var broker = await EmbeddedBroker.StartAsync("transaction.state.log.num.partitions=2");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "marks" });
        var zero = new TopicPartition("t", 0);
        foreach (var isCommitted in new[] { true, false })
        {
            await using var transaction = await producer.BeginTransactionAsync().OrTimeout("the transaction");
            await transaction.ProduceAsync<NoKey, string>("t", default, $"{isCommitted}").AsTask().OrTimeout("the delivery");
            await (isCommitted ? transaction.CommitAsync() : transaction.AbortAsync()).OrTimeout("the end of the transaction");
        }

        await using var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = "g", IsolationLevel = IsolationLevel.ReadCommitted, OffsetReset = OffsetReset.Earliest, AutoCommit = false });
        consumer.Assign([zero]);
        using var ending = new CancellationTokenSource();
        await using var records = consumer.ConsumeAsync<string, string>(ending.Token).GetAsyncEnumerator();
        Assert.Equal("True", await NextAsync(records));
        var none = NextAsync(records);
        await Waiting.Until(() => consumer.Position(zero) == 4, () => $"the position to pass the marks; it is {consumer.Position(zero)}");

        await consumer.CommitAsync().OrTimeout("the commit");

        Assert.Equal(4, (await consumer.CommittedAsync([zero]).OrTimeout("the committed offset"))[zero]?.Offset);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => none);
    }

    /// <summary>Writes with several producers in turn, and gives what is committed of each partition, in the order of the offsets.</summary>
    private static async Task<List<string>[]> WriteAsync(KafkaClient client, Random random)
    {
        var producers = Enumerable.Range(0, 3).Select(number => client.CreateProducer(new ProducerOptions { TransactionalId = $"writer-{number}" })).ToArray();
        var open = new ProducerTransaction?[producers.Length];
        var pending = new List<(TopicPartition Partition, long Offset, string Value)>[producers.Length];
        var committed = new List<(TopicPartition Partition, long Offset, string Value)>();
        for (var step = 0; step < 150 || open.Any(static transaction => transaction is not null); step++)
        {
            var writer = random.Next(producers.Length + 1);
            var partition = random.Next(Partitions);
            if (writer == producers.Length)
            {
                var told = await client.Producer.ProduceAsync(Record(step, partition)).AsTask().OrTimeout("the delivery");
                committed.Add((told.Partition, told.Offset, $"{step}"));
            }
            else if (open[writer] is not { } transaction)
            {
                (open[writer], pending[writer]) = (step < 150 ? await producers[writer].BeginTransactionAsync().OrTimeout("the transaction") : null, []);
            }
            else if (step < 150 && random.Next(4) > 0)
            {
                var told = await transaction.ProduceAsync(Record(step, partition)).AsTask().OrTimeout("the delivery");
                pending[writer].Add((told.Partition, told.Offset, $"{step}"));
            }
            else
            {
                var isCommitted = random.Next(2) == 0;
                await (isCommitted ? transaction.CommitAsync() : transaction.AbortAsync()).OrTimeout("the end of the transaction");
                await transaction.DisposeAsync();
                committed.AddRange(isCommitted ? pending[writer] : []);
                open[writer] = null;
            }
        }

        foreach (var producer in producers)
        {
            await producer.DisposeAsync().AsTask().OrTimeout("the end of a producer");
        }

        return [.. Enumerable.Range(0, Partitions).Select(partition =>
            committed.Where(record => record.Partition.Partition == partition).OrderBy(static record => record.Offset).Select(static record => record.Value).ToList())];
    }

    private static ProducerRecord<NoKey, string> Record(int step, int partition) => new("t", default, $"{step}") { Partition = partition };

    private static async Task ReadAsync(Consumer consumer, string way, List<string>[] read, CancellationToken ending)
    {
        switch (way)
        {
            case "records":
                await foreach (var record in consumer.ConsumeAsync<string, string>(ending))
                {
                    read[record.Partition.Partition].Add(record.Value!);
                }

                break;
            case "batches":
                await foreach (var batch in consumer.ConsumeBatchesAsync<string, string>(ending))
                {
                    read[batch.Partition.Partition].AddRange(batch.Records.Select(static record => record.Value!));
                }

                break;
            default:
                await foreach (var batch in consumer.ConsumeRawAsync(ending))
                {
                    Take(batch, read[batch.Partition.Partition]);
                }

                break;
        }
    }

    private static void Take(RawBatch batch, List<string> values)
    {
        foreach (var record in batch)
        {
            values.Add(Encoding.UTF8.GetString(record.Value.Span));
        }
    }

    private static async Task<Dictionary<TopicPartition, long>> EndsAsync(KafkaClient client)
    {
        var ends = await client.Admin.Partitions.ListOffsetsAsync(
            Enumerable.Range(0, Partitions).ToDictionary(static partition => new TopicPartition("t", partition), static _ => Client.Administration.OffsetSpec.Latest)).OrTimeout("the ends");
        return ends.ToDictionary(static end => end.Key, static end => end.Value.Value.Offset!.Value);
    }

    private static async Task<string?> NextAsync(RecordReader<string, string> records) =>
        await records.MoveNextAsync().AsTask().OrTimeout("the next record") ? records.Current.Value : null;
}
