using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// What waits for one partition, and how far its numbers have come. Callers add under the gate; all that is not said to be under the
/// gate belongs to the sender's loop.
/// </summary>
internal sealed class PartitionQueue(TopicPartition name)
{
    /// <summary>Room for the halves of halves of a batch: more than there can be records in one.</summary>
    public const long OrderWidth = 1L << 31;

    private readonly List<ProducerBatch> _waiting = [];
    private volatile int _waitingCount;
    private long _lastOrder;
    private long _lastAckedOrder;
    private bool _isActive;
    private LossCount _losses;

    public TopicPartition Name { get; } = name;

    public Lock Gate { get; } = new();

    /// <summary>Batches that wait, oldest first. Under the gate.</summary>
    public IReadOnlyList<ProducerBatch> Waiting => _waiting;

    /// <summary>How many wait, read without the gate.</summary>
    public int WaitingCount => _waitingCount;

    /// <summary>Batches on the wire, in the order in which they must arrive.</summary>
    public List<ProducerBatch> InFlight { get; } = [];

    /// <summary>The identity that the sequence numbers count under.</summary>
    public ProducerIdentity Identity { get; set; } = ProducerIdentity.None;

    public int NextSequence { get; set; }

    /// <summary>The last sequence number that the broker has confirmed; -1 before the first.</summary>
    public int LastAckedSequence { get; private set; } = -1;

    /// <summary>
    /// A numbered batch ended without having been written, or the broker has lost its count: what follows is refused until the numbers begin anew in a
    /// new epoch (KIP-360). That waits until nothing is on the wire, for what is there carries the old numbers.
    /// </summary>
    public bool NeedsNewEpoch { get; set; }

    /// <summary>What was lost since the last batch that was delivered.</summary>
    public ref LossCount Losses => ref _losses;

    /// <summary>The batch to add to, or null. Under the gate.</summary>
    public ProducerBatch? Open => _waiting.Count > 0 && _waiting[^1] is { Attempts: 0, Encoded.IsEmpty: true } last ? last : null;

    /// <summary>The number of the next batch. Under the gate.</summary>
    public long NextOrder() => _lastOrder += OrderWidth;

    /// <summary>Adds a new batch at the end; says whether the sender must be told of the queue. Under the gate.</summary>
    public bool Add(ProducerBatch batch)
    {
        _waiting.Add(batch);
        _waitingCount = _waiting.Count;
        var wasActive = _isActive;
        _isActive = true;
        return !wasActive;
    }

    /// <summary>Takes the oldest batch. Under the gate.</summary>
    public ProducerBatch Take()
    {
        var batch = _waiting[0];
        _waiting.RemoveAt(0);
        _waitingCount = _waiting.Count;
        return batch;
    }

    /// <summary>The oldest batch, if there is one. Takes the gate.</summary>
    public ProducerBatch? Oldest
    {
        get
        {
            lock (Gate)
            {
                return _waiting.Count > 0 ? _waiting[0] : null;
            }
        }
    }

    /// <summary>Takes the oldest batch. Takes the gate.</summary>
    public ProducerBatch TakeOldest()
    {
        lock (Gate)
        {
            return Take();
        }
    }

    /// <summary>Puts a batch back where its order says. Under the gate.</summary>
    public void PutBack(ProducerBatch batch)
    {
        var index = _waiting.FindIndex(other => other.Order > batch.Order);
        _waiting.Insert(index < 0 ? _waiting.Count : index, batch);
        _waitingCount = _waiting.Count;
    }

    /// <summary>Puts a batch among those on the wire, where its order says.</summary>
    public void PutOnWire(ProducerBatch batch)
    {
        var index = InFlight.FindIndex(other => other.Order > batch.Order);
        InFlight.Insert(index < 0 ? InFlight.Count : index, batch);
    }

    /// <summary>Whether nothing is left to do; if so the queue says so to the sender when something comes again. Under the gate.</summary>
    public bool TryRest()
    {
        if (_waiting.Count > 0 || InFlight.Count > 0)
        {
            return false;
        }

        _isActive = false;
        return true;
    }

    /// <summary>Whether this batch, sent again, must wait for one before it that is still on the wire.</summary>
    public bool MustWaitForEarlier(ProducerBatch batch)
    {
        foreach (var other in InFlight)
        {
            if (other.Order < batch.Order)
            {
                return batch.Attempts > 0;
            }
        }

        return false;
    }

    /// <summary>The broker has this batch. News of an earlier one may come later, when the leader has moved in between.</summary>
    public void Acknowledge(ProducerBatch batch)
    {
        if (batch.Order > _lastAckedOrder)
        {
            _lastAckedOrder = batch.Order;
            LastAckedSequence = batch.LastSequence;
        }
    }

    /// <summary>Whether the broker should have taken this batch next: then a complaint about its number means a gap.</summary>
    public bool IsNext(ProducerBatch batch) =>
        batch.BaseSequence == (LastAckedSequence < 0 ? 0 : RecordBatchHeader.AddToSequence(LastAckedSequence, 1));

    /// <summary>Begins the numbers anew.</summary>
    public void Renumber(ProducerIdentity identity)
    {
        Identity = identity;
        NextSequence = 0;
        LastAckedSequence = -1;
        NeedsNewEpoch = false;
        lock (Gate)
        {
            foreach (var batch in _waiting)
            {
                batch.ForgetNumbers();
            }
        }
    }
}
