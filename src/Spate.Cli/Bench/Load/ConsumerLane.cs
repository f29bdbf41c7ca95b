using Spate.Cli.Bench.Measuring;
using Spate.Client.Consuming;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// One consumer that reads what the producers of the run write, and looks at each record when it is handed out. It allocates nothing for a record. Whoever looks on reads the counters.
/// </summary>
/// <param name="consumer">The consumer, which ends with this.</param>
/// <param name="stamp">By which the run's records are known.</param>
/// <param name="clock">The run's clock.</param>
internal sealed class ConsumerLane(Consumer consumer, RecordStamp stamp, TimeProvider clock) : IAsyncDisposable
{
    private long _records;
    private long _bytes;
    private long _lastReadAt;

    /// <summary>Records of the run that were handed out.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of their values.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>When the last of them was handed out.</summary>
    public long LastReadAt => Volatile.Read(ref _lastReadAt);

    /// <summary>Ticks of the clock from when a record should have been sent to when it was handed out.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Reads without end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var batch in consumer.ConsumeRawAsync(cancellation))
        {
            Take(batch, clock.GetTimestamp());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => consumer.DisposeAsync();

    private void Take(RawBatch batch, long now)
    {
        var (records, bytes) = (0, 0L);
        foreach (var record in batch)
        {
            if (stamp.TryRead(record.Value.Span, out var due))
            {
                records++;
                bytes += record.Value.Span.Length;
                Latency.Add(now - due);
            }
        }

        if (records > 0)
        {
            // The count comes last: whoever sees it sees the rest.
            _lastReadAt = now;
            _bytes += bytes;
            Volatile.Write(ref _records, _records + records);
        }
    }
}
