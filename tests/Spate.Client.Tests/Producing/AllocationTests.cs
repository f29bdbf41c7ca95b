using System.Diagnostics.CodeAnalysis;
using Spate.Client.Producing;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Producing;

[SuppressMessage("Reliability", "CA2012", Justification = "Each task is awaited once, or was found to have ended.")]
public sealed class AllocationTests
{
    private const int Records = 50_000;

    /// <summary>Less than the smallest object.</summary>
    private const int BytesPerRecordMax = 8;

    [Fact]
    public async Task Sending_allocates_nothing_for_a_record()
    {
        await using var fixture = new ProducerFixture();
        var gate = new Gate(fixture);
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BufferMemory = 256 * 1024 * 1024 });
        var delivered = 0;
        Action<DeliveryReport> onDelivered = report => delivered += report.Error is null ? 1 : 0;
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            await producer.PostAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", 1, default)).AsTask().OrTimeout("the topic to be known");
            gate.Close();
            allocated = Post(producer, onDelivered);
            gate.Open();
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
        var gate = new Gate(fixture);
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BufferMemory = 256 * 1024 * 1024 });
        var tasks = new ValueTask<RecordMetadata>[count];
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            await producer.ProduceAsync(new ProducerRecord<long, ReadOnlyMemory<byte>>("t", 1, default)).AsTask().OrTimeout("the topic to be known");
            gate.Close();
            allocated = Produce(producer, tasks);
            gate.Open();
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

    /// <summary>Lets the broker answer nothing while records are taken, so that as many batches are held in each round as in the first, which makes them.</summary>
    private sealed class Gate
    {
        private TaskCompletionSource _open = new();

        public Gate(ProducerFixture fixture)
        {
            _open.SetResult();
            fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, async (request, _) =>
            {
                await Volatile.Read(ref _open).Task;
                return fixture.Log.Produce(request);
            });
        }

        public void Close() => Volatile.Write(ref _open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        public void Open() => _open.SetResult();
    }
}
