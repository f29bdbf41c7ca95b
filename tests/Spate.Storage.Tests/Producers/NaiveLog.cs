using System.Numerics;
using Spate.Protocol.Records;
using Spate.Storage.Producers;

namespace Spate.Storage.Tests.Producers;

/// <summary>
/// The model: a list of everything that was appended, and a state that is folded from it with lists, copies and arbitrary-precision
/// sequences, as slowly and plainly as the rules can be said.
/// </summary>
internal sealed class NaiveLog
{
    private readonly SortedDictionary<long, Dictionary<long, NaiveProducer>> _snapshots = [];
    private Dictionary<long, NaiveProducer> _producers = [];
    private List<(long First, long Last)> _ended = [];

    /// <summary>Batches and markers in the order of their offsets.</summary>
    public List<object> Entries { get; } = [];

    public long EndOffset { get; set; }

    public IReadOnlyDictionary<long, NaiveProducer> Producers => _producers;

    public ProducerCheckOutcome Check(RecordBatchHeader batch)
    {
        var known = _producers.GetValueOrDefault(batch.ProducerId) ?? new NaiveProducer();
        if (known.Epoch == batch.ProducerEpoch
            && known.Batches.TakeLast(5).Any(each => each.BaseSequence == batch.BaseSequence && each.RecordCount == batch.RecordCount))
        {
            return ProducerCheckOutcome.Duplicate;
        }

        if (batch.ProducerEpoch < known.Epoch)
        {
            return ProducerCheckOutcome.InvalidProducerEpoch;
        }

        var isInSequence = known.Epoch == -1
            || (known.Epoch != batch.ProducerEpoch && batch.BaseSequence == 0)
            || (known.Epoch == batch.ProducerEpoch && batch.BaseSequence == NextSequence(known));
        if (!isInSequence)
        {
            return ProducerCheckOutcome.OutOfOrderSequence;
        }

        return known.TransactionFirst >= 0 && !batch.IsTransactional
            ? ProducerCheckOutcome.InvalidTransactionState
            : ProducerCheckOutcome.Accepted;
    }

    public int NextSequence(NaiveProducer producer) => producer.Batches.Count == 0
        ? 0
        : (int)((producer.Batches[^1].BaseSequence + (BigInteger)producer.Batches[^1].RecordCount) % (1L << 31));

    public void Append(object entry)
    {
        Entries.Add(entry);
        Fold(entry);
    }

    public void TakeSnapshot() => _snapshots[EndOffset] = new(_producers);

    public void AdvanceHighWatermark(long highWatermark) => _ended.RemoveAll(each => each.Last < highWatermark);

    public long? FirstUnstable()
    {
        var open = _producers.Values.Where(each => each.TransactionFirst >= 0).Select(each => each.TransactionFirst);
        var first = open.Concat(_ended.Select(each => each.First)).DefaultIfEmpty(-1).Min();
        return first < 0 ? null : first;
    }

    /// <summary>Cuts the log and forgets the state; it comes from the latest snapshot and what lies behind that.</summary>
    public long Truncate(long endOffset)
    {
        Entries.RemoveAll(entry => LastOffsetOf(entry) >= endOffset);
        foreach (var behind in _snapshots.Keys.Where(offset => offset > endOffset || offset <= 0).ToArray())
        {
            _snapshots.Remove(behind);
        }

        var from = _snapshots.Count == 0 ? 0 : _snapshots.Keys.Max();
        _producers = _snapshots.TryGetValue(from, out var kept)
            ? kept.ToDictionary(each => each.Key, each => each.Value.Reloaded())
            : [];
        _ended = [];
        foreach (var entry in Entries.Where(entry => LastOffsetOf(entry) >= from))
        {
            Fold(entry);
        }

        EndOffset = endOffset;
        return from;
    }

    public static long LastOffsetOf(object entry) => entry is RecordBatchHeader batch ? batch.LastOffset : ((TransactionMarker)entry).Offset;

    private void Fold(object entry)
    {
        if (entry is RecordBatchHeader batch)
        {
            _producers[batch.ProducerId] = (_producers.GetValueOrDefault(batch.ProducerId) ?? new NaiveProducer()).With(batch);
        }
        else if (entry is TransactionMarker marker)
        {
            var known = _producers.GetValueOrDefault(marker.ProducerId) ?? new NaiveProducer();
            if (known.TransactionFirst >= 0)
            {
                _ended.Add((known.TransactionFirst, marker.Offset));
            }

            _producers[marker.ProducerId] = known.With(marker);
        }

        EndOffset = LastOffsetOf(entry) + 1;
    }
}
