using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

/// <summary>What a record costs is counted within batches, where nothing is waited for: a step that has to wait may end on another thread, and fetches.</summary>
public sealed class ConsumeAllocationTests
{
    private const int Records = 20_000;
    private const int RecordsInABatch = 1_000;

    [Fact]
    public async Task Reading_record_by_record_allocates_nothing_for_a_record()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = await ClientWithRecords(broker);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        await using var records = consumer.ConsumeAsync<long, long>().GetAsyncEnumerator();
        var (sum, quiet) = (0L, 0);
        for (var number = 0; number < Records; number++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var next = records.MoveNextAsync();
            quiet += next.IsCompletedSuccessfully && GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
            Assert.True(await next.AsTask().OrTimeout("a record"));
            sum += records.Current.Value;
        }

        Assert.Equal(Records * (Records - 1L) / 2, sum);

        // One step of each batch reads it, and one of each answer waits for it.
        Assert.True(quiet >= Records - (2 * (Records / RecordsInABatch)), $"{Records - quiet} steps of {Records} allocated, or waited.");
    }

    [Fact]
    public async Task Reading_raw_batches_allocates_nothing_for_a_record()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = await ClientWithRecords(broker);
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)], StartPosition.Beginning);
        var (count, allocated) = (0, 0L);
        await foreach (var batch in consumer.ConsumeRawAsync())
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var record in batch)
            {
                count += record.Value.Span.Length == sizeof(long) ? 1 : 0;
            }

            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            if (count == Records)
            {
                break;
            }
        }

        Assert.Equal(0, allocated);
    }

    private static async Task<KafkaClient> ClientWithRecords(EmbeddedBroker broker)
    {
        var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(10), BatchSize = 1024 * 1024 });
        for (var number = 0; number < Records; number++)
        {
            await producer.PostAsync(new ProducerRecord<long, long>("t", number, number)).AsTask().OrTimeout("the record to be taken");
            if (number % RecordsInABatch == RecordsInABatch - 1)
            {
                await producer.FlushAsync().OrTimeout("the flush");
            }
        }

        return client;
    }
}
