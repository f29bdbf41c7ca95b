using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Suite;

/// <summary>What consuming does, whatever broker is at the other end: each derived class brings one.</summary>
public abstract class ConsumerSuite(string bootstrapServers)
{
    private const int Count = 20;

    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    [Fact]
    public async Task Reading_begins_where_it_is_told_to()
    {
        var (client, partition) = await WrittenAsync("positions");
        await using var _ = client;

        foreach (var (start, first) in new[] { (StartPosition.Beginning, 0), (StartPosition.At(7), 7), (StartPosition.At(Began.AddSeconds(3.5)), 4), (StartPosition.At(Began), 0) })
        {
            await using var consumer = client.CreateConsumer();
            consumer.Assign([partition], start);
            Assert.Equal(Enumerable.Range(first, 5), (await consumer.ConsumeAsync<string, int>().TakeAsync(5)).Select(record => record.Value));
        }

        await using var late = client.CreateConsumer();
        late.Assign([partition], StartPosition.End);
        var next = late.ConsumeAsync<string, int>().TakeAsync(1);
        await UntilAsync(() => late.Position(partition) is not null);
        await client.ProduceAsync(partition.Topic, Count).Soon();
        Assert.Equal(Count, (await next)[0].Value);
    }

    [Fact]
    public async Task Seeking_pausing_and_resuming_move_the_position_and_nothing_else()
    {
        var (client, partition) = await WrittenAsync("moves");
        await using var _ = client;
        await using var consumer = client.CreateConsumer();
        consumer.Assign([partition], StartPosition.Beginning);

        Assert.Equal([0, 1, 2], (await consumer.ConsumeAsync<string, int>().TakeAsync(3)).Select(record => record.Value));
        Assert.Equal((3L, (long?)(Count - 3)), (consumer.Position(partition), consumer.Lag(partition)));
        consumer.Seek(partition, StartPosition.At(10));
        consumer.Pause(partition);
        consumer.Resume(partition);
        Assert.Equal([10, 11], (await consumer.ConsumeAsync<string, int>().TakeAsync(2)).Select(record => record.Value));
        consumer.Seek(partition, StartPosition.Beginning);
        Assert.Equal(0, (await consumer.ConsumeAsync<string, int>().TakeAsync(1))[0].Value);
    }

    [Fact]
    public async Task Batches_come_as_they_were_written()
    {
        const string topic = "batches";
        await using var client = new KafkaClient(bootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1), DeliveryTimeout = TimeSpan.FromMinutes(3) });
        foreach (var size in new[] { 1, 5, 3 })
        {
            for (var number = 0; number < size; number++)
            {
                await producer.PostAsync(new ProducerRecord<NoKey, int>(topic, default, number) { Partition = 0 });
            }

            await producer.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        await using var consumer = client.CreateConsumer();
        consumer.Assign([new TopicPartition(topic, 0)], StartPosition.Beginning);
        Assert.Equal([1, 5, 3], (await consumer.ConsumeBatchesAsync<string, int>().TakeAsync(3)).Select(batch => batch.Records.Count));
    }

    [Fact]
    public async Task An_offset_that_is_not_there_is_told_or_reset_as_the_options_say()
    {
        var (client, partition) = await WrittenAsync("gone");
        await using var _ = client;
        await using var earliest = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Earliest });
        earliest.Assign([partition], StartPosition.At(5000));
        Assert.Equal(0, (await earliest.ConsumeAsync<string, int>().TakeAsync(1))[0].Value);

        await using var failing = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        failing.Assign([partition], StartPosition.At(5000));
        var failure = await Assert.ThrowsAsync<KafkaException>(() => failing.ConsumeAsync<string, int>().TakeAsync(1));
        Assert.Equal((ErrorCode.OffsetOutOfRange, partition), (failure.ErrorCode, failure.Partition));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !condition();)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "Waited in vain.");
            await Task.Yield();
        }
    }

    /// <summary>A new topic with numbers in it, a second apart from each other.</summary>
    private async Task<(KafkaClient Client, TopicPartition Partition)> WrittenAsync(string topic)
    {
        var client = new KafkaClient(bootstrapServers);
        foreach (var number in Enumerable.Range(0, Count))
        {
            await client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>(topic, default, number) { Partition = 0, Timestamp = Began.AddSeconds(number) }).Soon();
        }

        return (client, new TopicPartition(topic, 0));
    }
}
