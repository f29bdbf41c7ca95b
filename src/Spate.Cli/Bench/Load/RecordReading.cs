using Spate.Client.Consuming;

namespace Spate.Cli.Bench.Load;

/// <summary>Reads without end, in one of the ways in which an application can. Keys and values are bytes that the client lends: what deserialisers cost is theirs.</summary>
internal static class RecordReading
{
    /// <param name="way">The way.</param>
    /// <param name="consumer">The consumer.</param>
    /// <param name="taker">Told of all that is handed out: as many records at once as the way hands out at once.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Task RunAsync(ReadingWay way, Consumer consumer, IRecordTaker taker, CancellationToken cancellation) => way switch
    {
        ReadingWay.Batch => ByBatchAsync(consumer, taker, cancellation),
        ReadingWay.Record => ByRecordAsync(consumer, taker, cancellation),
        _ => RawAsync(consumer, taker, cancellation),
    };

    private static async Task RawAsync(Consumer consumer, IRecordTaker taker, CancellationToken cancellation)
    {
        await foreach (var batch in consumer.ConsumeRawAsync(cancellation))
        {
            Take(batch, taker);
        }
    }

    /// <summary>Raw records cannot be held by what waits.</summary>
    private static void Take(RawBatch batch, IRecordTaker taker)
    {
        taker.Begin(batch.Partition);
        foreach (var record in batch)
        {
            taker.Take(record.Offset, record.Value.Span);
        }

        taker.End();
    }

    private static async Task ByBatchAsync(Consumer consumer, IRecordTaker taker, CancellationToken cancellation)
    {
        await foreach (var batch in consumer.ConsumeBatchesAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(cancellation))
        {
            taker.Begin(batch.Partition);
            foreach (ref readonly var record in batch.Records)
            {
                taker.Take(record.Offset, record.Value.Span);
            }

            taker.End();
        }
    }

    private static async Task ByRecordAsync(Consumer consumer, IRecordTaker taker, CancellationToken cancellation)
    {
        await foreach (var record in consumer.ConsumeAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(cancellation))
        {
            taker.Begin(record.Partition);
            taker.Take(record.Offset, record.Value.Span);
            taker.End();
        }
    }
}
