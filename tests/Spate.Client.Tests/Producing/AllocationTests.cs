using System.Diagnostics.CodeAnalysis;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;

namespace Spate.Client.Tests.Producing;

[SuppressMessage("Reliability", "CA2012", Justification = "Each task is awaited once, or was found to have ended.")]
public sealed class AllocationTests
{
    private const int Records = 50_000;

    /// <summary>A batch or two more than the last time may be under way at once; nothing is allocated for a record.</summary>
    private const int BytesPerRecordMax = 8;

    [Fact]
    public async Task Sending_allocates_nothing_for_a_record()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BufferMemory = 256 * 1024 * 1024 });
        var delivered = 0;
        Action<DeliveryReport> onDelivered = report => delivered += report.Error is null ? 1 : 0;
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            await producer.PostAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", 1, default)).AsTask().OrTimeout("the topic to be known");
            allocated = Post(producer, onDelivered);
            await producer.FlushAsync().OrTimeout("the flush");
        }

        Assert.Equal(3 * Records, delivered);
        Assert.True(allocated < Records * BytesPerRecordMax, $"{allocated} bytes were allocated for {Records} records.");
    }

    [Fact]
    public async Task Awaiting_deliveries_allocates_nothing_for_a_record()
    {
        const int count = 10_000;
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BufferMemory = 256 * 1024 * 1024 });
        var tasks = new ValueTask<RecordMetadata>[count];
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            await producer.ProduceAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", 1, default)).AsTask().OrTimeout("the topic to be known");
            allocated = Produce(producer, tasks);
            await producer.FlushAsync().OrTimeout("the flush");
            foreach (var task in tasks)
            {
                Assert.True((await task).Offset >= 0);
            }
        }

        Assert.True(allocated < count * BytesPerRecordMax, $"{allocated} bytes were allocated for {count} records.");
    }

    private static long Post(Producer producer, Action<DeliveryReport> onDelivered)
    {
        ReadOnlyMemory<byte> value = new byte[100];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < Records; number++)
        {
            Assert.True(producer.PostAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", number, value), onDelivered).IsCompletedSuccessfully);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Produce(Producer producer, ValueTask<RecordMetadata>[] tasks)
    {
        ReadOnlyMemory<byte> value = new byte[100];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < tasks.Length; number++)
        {
            tasks[number] = producer.ProduceAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", number, value));
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
