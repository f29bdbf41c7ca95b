using Spate.Cli.Bench.Measuring;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// One consumer that reads what the producers of the run write, and looks at each record when it is handed out. It allocates nothing for a record. Whoever looks on reads the counters.
/// </summary>
/// <param name="consumer">The consumer, which ends with this.</param>
/// <param name="way">How it takes what it reads.</param>
/// <param name="stamp">By which the run's records are known.</param>
/// <param name="clock">The run's clock.</param>
internal sealed class ConsumerLane(Consumer consumer, ReadingWay way, RecordStamp stamp, TimeProvider clock) : IRecordTaker, IAsyncDisposable
{
    private long _records;
    private long _bytes;
    private long _lastReadAt;

    // What was handed out at once, as far as it was looked at.
    private long _now;
    private long _recordsInHand;
    private long _bytesInHand;

    /// <summary>Records of the run that were handed out.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of their values.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>When the last of them was handed out.</summary>
    public long LastReadAt => Volatile.Read(ref _lastReadAt);

    /// <summary>Ticks of the clock from when a record should have been sent to when it was handed out.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Reads without end.</summary>
    public Task RunAsync(CancellationToken cancellation) => RecordReading.RunAsync(way, consumer, this, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => consumer.DisposeAsync();

    void IRecordTaker.Begin(TopicPartition partition) => _now = clock.GetTimestamp();

    void IRecordTaker.Take(long offset, ReadOnlySpan<byte> value)
    {
        if (stamp.TryRead(value, out var due))
        {
            _recordsInHand++;
            _bytesInHand += value.Length;
            Latency.Add(_now - due);
        }
    }

    void IRecordTaker.End()
    {
        if (_recordsInHand > 0)
        {
            // The count comes last: whoever sees it sees the rest.
            _lastReadAt = _now;
            _bytes += _bytesInHand;
            Volatile.Write(ref _records, _records + _recordsInHand);
            (_recordsInHand, _bytesInHand) = (0, 0);
        }
    }
}
