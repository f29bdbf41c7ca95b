using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// One consumer that reads its partitions from their beginning to their end, and then again. It allocates nothing for a record. Whoever looks on reads the counters.
/// </summary>
internal sealed class LapReader : IAsyncDisposable
{
    /// <summary>How often it is looked whether a partition ends with what is no record, such as the mark of a transaction.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly Consumer _consumer;
    private readonly IReadOnlyDictionary<TopicPartition, (long Start, long End)> _laps;
    private readonly TimeProvider _clock;
    private long _records;
    private long _bytes;

    /// <param name="consumer">The consumer, which ends with this.</param>
    /// <param name="laps">The partitions, and what of them is read: from an offset to another that is behind it.</param>
    /// <param name="clock">The run's clock.</param>
    public LapReader(Consumer consumer, IReadOnlyDictionary<TopicPartition, (long Start, long End)> laps, TimeProvider clock)
    {
        (_consumer, _laps, _clock) = (consumer, laps, clock);
        consumer.Assign([.. laps.Keys], StartPosition.Beginning);
    }

    /// <summary>Records that were handed out.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of their values.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Begins all laps anew.</summary>
    public void Rewind()
    {
        foreach (var (partition, lap) in _laps)
        {
            _consumer.Seek(partition, StartPosition.At(lap.Start));
        }
    }

    /// <summary>Reads until there is enough.</summary>
    /// <param name="target">Told of all that is read, and says when it is enough.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task RunAsync(LapTarget target, CancellationToken cancellation)
    {
        if (_laps.Count == 0)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, target.Reached);
        await using var look = _clock.CreateTimer(_ => LookForEnds(), null, Beat, Beat);
        try
        {
            await foreach (var batch in _consumer.ConsumeRawAsync(over.Token))
            {
                target.Add(Take(batch));
            }
        }
        catch (OperationCanceledException) when (target.Reached.IsCancellationRequested)
        {
            // There is enough.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _consumer.DisposeAsync();

    /// <returns>How many records there were.</returns>
    private int Take(RawBatch batch)
    {
        var (records, bytes, next) = (0, 0L, 0L);
        foreach (var record in batch)
        {
            records++;
            bytes += record.Value.Span.Length;
            next = record.Offset + 1;
        }

        var partition = batch.Partition;
        if (next >= _laps[partition].End)
        {
            _consumer.Seek(partition, StartPosition.At(_laps[partition].Start));
        }

        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _records, _records + records);
        return records;
    }

    private void LookForEnds()
    {
        foreach (var (partition, lap) in _laps)
        {
            if (_consumer.Position(partition) >= lap.End)
            {
                _consumer.Seek(partition, StartPosition.At(lap.Start));
            }
        }
    }
}
