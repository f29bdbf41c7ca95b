using Spate.Protocol.Records;

namespace Spate.Storage.Producers;

/// <summary>
/// What one partition knows of one producer id. One object of a fixed size, made when the id is first seen and changed in place from then
/// on. Not safe for use by several threads at once.
/// </summary>
internal sealed class ProducerState(long producerId)
{
    /// <summary>An epoch, a sequence, an offset or a time that is not there.</summary>
    public const int None = -1;

    private LastBatches _batches;
    private int _newest;
    private int _count;

    public long ProducerId => producerId;

    /// <summary>The newest epoch; -1 when there was never a batch or a marker.</summary>
    public short Epoch { get; private set; } = None;

    /// <summary>The epoch of the coordinator that wrote the last marker; -1 when there was none.</summary>
    public int CoordinatorEpoch { get; private set; } = None;

    /// <summary>The largest timestamp of the last batch, or that of the last marker: milliseconds since the Unix epoch, as the producer says.</summary>
    public long LastTimestamp { get; private set; } = None;

    /// <summary>When the state last changed, by this broker's clock: what expiry goes by.</summary>
    public long LastUpdate { get; set; }

    /// <summary>Where the transaction begins that has no marker yet; -1 when there is none.</summary>
    public long TransactionFirstOffset { get; private set; } = None;

    public bool InTransaction => TransactionFirstOffset >= 0;

    /// <summary>True when no batch of the current epoch is remembered.</summary>
    public bool IsEmpty => _count == 0;

    public int LastSequence => IsEmpty ? None : _batches[_newest].LastSequence;

    /// <summary>The one who knows an id only from a snapshot knows one batch of it.</summary>
    public static ProducerState From(in ProducerSnapshotEntry entry, long lastUpdate)
    {
        var state = new ProducerState(entry.ProducerId)
        {
            Epoch = entry.Epoch,
            CoordinatorEpoch = entry.CoordinatorEpoch,
            LastTimestamp = entry.Timestamp,
            TransactionFirstOffset = entry.CurrentTransactionFirstOffset,
            LastUpdate = lastUpdate,
        };
        if (entry.LastOffset >= 0)
        {
            state.Remember(new AppendedBatch(entry.LastSequence, entry.LastOffset, entry.OffsetDelta, entry.Timestamp));
        }

        return state;
    }

    public ProducerSnapshotEntry ToSnapshotEntry()
    {
        var last = IsEmpty ? new AppendedBatch(None, None, 0, None) : _batches[_newest];
        return new ProducerSnapshotEntry(
            producerId, Epoch, last.LastSequence, last.LastOffset, last.OffsetDelta, LastTimestamp, CoordinatorEpoch, TransactionFirstOffset);
    }

    /// <summary>Finds the remembered batch, the oldest if there are several, that has exactly these sequences in this epoch.</summary>
    public bool TryFind(in RecordBatchHeader batch, out AppendedBatch found)
    {
        if (batch.ProducerEpoch == Epoch)
        {
            for (var age = _count - 1; age >= 0; age--)
            {
                found = _batches[(_newest - age + LastBatches.Capacity) % LastBatches.Capacity];
                if (found.LastSequence == batch.LastSequence && found.FirstSequence == batch.BaseSequence)
                {
                    return true;
                }
            }
        }

        found = default;
        return false;
    }

    public void Apply(in RecordBatchHeader batch)
    {
        MoveTo(batch.ProducerEpoch);
        Remember(new AppendedBatch(batch.LastSequence, batch.LastOffset, (int)(batch.LastOffset - batch.BaseOffset), batch.MaxTimestamp));
        LastTimestamp = batch.MaxTimestamp;
    }

    /// <summary>A marker ends the transaction. Batches of the same epoch stay remembered: its next transaction goes on counting.</summary>
    public void Apply(in TransactionMarker marker)
    {
        MoveTo(marker.ProducerEpoch);
        CoordinatorEpoch = marker.CoordinatorEpoch;
        LastTimestamp = marker.Timestamp;
        TransactionFirstOffset = None;
    }

    public void BeginTransaction(long firstOffset) => TransactionFirstOffset = firstOffset;

    private void MoveTo(short epoch)
    {
        if (epoch != Epoch)
        {
            Epoch = epoch;
            _count = 0;
        }
    }

    private void Remember(in AppendedBatch batch)
    {
        _newest = _count == 0 ? 0 : (_newest + 1) % LastBatches.Capacity;
        _batches[_newest] = batch;
        _count = Math.Min(_count + 1, LastBatches.Capacity);
    }
}
