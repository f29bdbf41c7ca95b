using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Bench.Load;

/// <summary>
/// One consumer that reads its partitions from their beginning to their end, and then again. It allocates nothing for a record. Whoever looks on reads the counters.
/// </summary>
internal sealed class LapReader : IRecordTaker, IAsyncDisposable
{
    /// <summary>Where records come one by one, so many of them are told of together: several readers have one target, and to meet there takes time.</summary>
    private const int RecordsAtOnce = 100;

    /// <summary>How often it is looked whether a partition ends with what is no record, such as the mark of a transaction.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly Consumer _consumer;
    private readonly ReadingWay _way;
    private readonly IReadOnlyDictionary<TopicPartition, (long Start, long End)> _laps;
    private readonly TimeProvider _clock;
    private long _records;
    private long _bytes;

    // What was handed out since the target was told, and where it is in its lap.
    private LapTarget? _target;
    private TopicPartition _partition;
    private (long Start, long End) _lap;
    private long _next;
    private int _recordsInHand;

    /// <param name="consumer">The consumer, which ends with this.</param>
    /// <param name="way">How it takes what it reads.</param>
    /// <param name="laps">The partitions, and what of them is read: from an offset to another that is behind it.</param>
    /// <param name="clock">The run's clock.</param>
    public LapReader(Consumer consumer, ReadingWay way, IReadOnlyDictionary<TopicPartition, (long Start, long End)> laps, TimeProvider clock)
    {
        (_consumer, _way, _laps, _clock) = (consumer, way, laps, clock);
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

        (_target, _recordsInHand) = (target, 0);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, target.Reached);
        await using var look = _clock.CreateTimer(_ => LookForEnds(), null, Beat, Beat);
        try
        {
            await RecordReading.RunAsync(_way, _consumer, this, over.Token);
        }
        catch (OperationCanceledException) when (target.Reached.IsCancellationRequested)
        {
            // There is enough.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _consumer.DisposeAsync();

    void IRecordTaker.Begin(TopicPartition partition)
    {
        if (partition != _partition)
        {
            (_partition, _lap) = (partition, _laps[partition]);
        }

        _next = _lap.Start;
    }

    void IRecordTaker.Take(long offset, ReadOnlySpan<byte> value)
    {
        _next = offset + 1;
        _recordsInHand++;
        Volatile.Write(ref _bytes, _bytes + value.Length);
        Volatile.Write(ref _records, _records + 1);
    }

    void IRecordTaker.End()
    {
        if (_next >= _lap.End)
        {
            _consumer.Seek(_partition, StartPosition.At(_lap.Start));
        }

        if (_recordsInHand >= RecordsAtOnce)
        {
            _target!.Add(_recordsInHand);
            _recordsInHand = 0;
        }
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
