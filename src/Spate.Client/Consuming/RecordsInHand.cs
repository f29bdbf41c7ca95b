namespace Spate.Client.Consuming;

/// <summary>
/// How far the enumeration is in the batch that it hands out record by record. It alone writes <see cref="Next"/> and <see cref="Finished"/>, without a lock, since every record pays for it;
/// whoever reads them holds the gate of the <see cref="Prefetch"/>.
/// </summary>
/// <remarks>
/// A step says first that its record is handed out and then looks whether the batch is still wanted; whoever does not want it any more raises the generation first, makes all processors of this
/// process agree on the order of both (<see cref="Interlocked.MemoryBarrierProcessWide"/>), and then reads how far it was. So one of the two sees the other. If both do, what counts is
/// <see cref="SettledAt"/>, which is read under the gate. A barrier for each record would do too, and costs more than reading one.
/// </remarks>
internal sealed class RecordsInHand
{
    private PartitionCursor? _cursor;
    private int _generation;
    private long _next;
    private long _finished;

    /// <summary>The epoch of the leader that wrote the batch; -1 when that is not known.</summary>
    public int LeaderEpoch { get; private set; } = -1;

    /// <summary>The offset after the last record that was handed out.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Every record before this offset is finished: whoever had the last one of them has come back.</summary>
    public long Finished => Volatile.Read(ref _finished);

    /// <summary>What <see cref="Next"/> was when the partition's cursor took over. Under the gate.</summary>
    public long SettledAt { get; set; }

    /// <summary>A batch begins at where its partition has come to. Under the gate, by the enumeration.</summary>
    public void Open(PartitionCursor cursor, long position, long finished, int leaderEpoch)
    {
        _cursor = cursor;
        _generation = cursor.Generation;
        _next = position;
        _finished = finished;
        LeaderEpoch = leaderEpoch;
    }

    /// <summary>The record before an offset is handed out, and the one before that is finished. By the enumeration.</summary>
    /// <returns>False when the batch may not be wanted any more: <see cref="Prefetch.IsHandedOut"/> knows what became of the record.</returns>
    public bool Advance(long next)
    {
        Volatile.Write(ref _finished, _next);
        Volatile.Write(ref _next, Math.Max(next, _next));
        return _cursor!.Generation == _generation;
    }

    /// <summary>Whoever had the last record has come back. By the enumeration.</summary>
    public void Finish() => Volatile.Write(ref _finished, _next);
}
