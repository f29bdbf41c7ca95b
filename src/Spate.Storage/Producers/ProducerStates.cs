using Spate.Protocol.Records;

namespace Spate.Storage.Producers;

/// <summary>
/// What one partition knows of its idempotent and transactional producers (KIP-98, KIP-360, KIP-890): enough to tell the next batch of a
/// producer from one that was appended already, from one before which something is missing, and from one of an instance that was
/// replaced; and which transactions still keep readers of committed records waiting.
/// </summary>
/// <remarks>
/// It holds what the log says up to <see cref="EndOffset"/> and nothing else, but for the verifications under way: applying the batches of
/// a log one by one gives the same state wherever it is done, which is how it is rebuilt after a crash from the last
/// <see cref="ProducerSnapshots">snapshot</see>. A batch is checked first, then appended to the log, then applied. A producer that is known
/// costs no allocation. Memory is the same for each producer id, and ids go when they were idle for the expiration time.
/// Not safe for use by several threads at once: every call is made under the log's lock, and the log hands readers what they need.
/// </remarks>
public sealed class ProducerStates
{
    /// <summary>The default of <c>producer.id.expiration.ms</c>: a day.</summary>
    public const long ExpirationMillisecondsDefault = 86_400_000;

    private readonly Dictionary<long, ProducerState> _producers = [];
    private readonly TransactionVerifications _verifications = new();

    /// <summary>Those without a marker.</summary>
    private readonly TransactionQueue _ongoing = new();

    /// <summary>Those with a marker that lies at or behind the high watermark.</summary>
    private readonly TransactionQueue _unreplicated = new();

    /// <summary>The offset behind the last batch that is part of the state; the log's end, when nothing is under way.</summary>
    public long EndOffset { get; private set; }

    /// <summary>Producer ids that are known.</summary>
    public int Count => _producers.Count;

    public bool IsEmpty => _producers.Count == 0 && _unreplicated.Count == 0;

    /// <summary>
    /// Where the first transaction begins whose outcome a reader cannot rely on yet: open, or ended by a marker that is not replicated.
    /// The last stable offset is this or the high watermark, whichever comes first. Null when there is none.
    /// </summary>
    public LogPosition? FirstUnstable
    {
        get
        {
            if (_ongoing.Count == 0)
            {
                return _unreplicated.Count == 0 ? null : _unreplicated[0].First;
            }

            var ongoing = _ongoing[0].First;
            return _unreplicated.Count > 0 && _unreplicated[0].First.Offset < ongoing.Offset ? _unreplicated[0].First : ongoing;
        }
    }

    /// <summary>Where the first open transaction begins; null when there is none. What lies behind it must not be compacted.</summary>
    public long? FirstUndecidedOffset => _ongoing.Count == 0 ? null : _ongoing[0].First.Offset;

    /// <summary>The timestamp of the last batch of the oldest open transaction, by which one that hangs is found; null when there is none.</summary>
    public long? OldestTransactionTimestamp =>
        _ongoing.Count > 0 && _producers.TryGetValue(_ongoing[0].ProducerId, out var producer) ? producer.LastTimestamp : null;

    /// <summary>The offset up to which a reader of committed records may read, exclusive.</summary>
    public long LastStableOffset(long highWatermark) =>
        FirstUnstable is { } unstable ? Math.Min(unstable.Offset, highWatermark) : highWatermark;

    /// <summary>True when the producer has an open transaction in this very epoch: then its next batch needs no verification.</summary>
    public bool HasOngoingTransaction(long producerId, short epoch) =>
        _producers.TryGetValue(producerId, out var producer) && producer.InTransaction && producer.Epoch == epoch;

    /// <summary>
    /// Says that the first batch of a transaction came in and that its coordinator is about to be asked whether the partition belongs to
    /// it. The guard goes into the check of the batch when the coordinator has said yes.
    /// </summary>
    /// <param name="producerId">The batch's producer id.</param>
    /// <param name="epoch">The batch's producer epoch.</param>
    /// <param name="firstSequence">The batch's first sequence.</param>
    /// <param name="bumpsEpoch">True when the producer takes a new epoch with each transaction (transaction.version 2).</param>
    /// <param name="time">This broker's clock, in milliseconds since the Unix epoch.</param>
    /// <returns><see cref="VerificationGuard.None"/> when the transaction is open here already and nothing needs to be asked.</returns>
    public VerificationGuard BeginVerification(long producerId, short epoch, int firstSequence, bool bumpsEpoch, long time) =>
        HasOngoingTransaction(producerId, epoch)
            ? VerificationGuard.None
            : _verifications.Begin(producerId, epoch, firstSequence, bumpsEpoch, time);

    /// <summary>
    /// Checks a data batch that has a producer id before it is appended; nothing changes. The rules, in order, the first that applies:
    /// a batch whose exact sequences are among the last five of its epoch is a duplicate; one that would begin a transaction must have
    /// been verified; its epoch must not be older than the newest known; a new epoch begins at sequence 0; within an epoch, a sequence
    /// follows the last one, 0 following 2147483647; a producer in a transaction writes nothing outside it. An id of which nothing is
    /// known, or of which everything has expired, may begin with any sequence (KIP-360), unless it takes a new epoch with each
    /// transaction.
    /// </summary>
    /// <param name="batch">The batch's header. Its offsets do not matter.</param>
    /// <param name="origin">Where it comes from. A replicated batch is always accepted; a coordinator's has no sequence to check.</param>
    /// <param name="guard">What <see cref="BeginVerification"/> gave for it.</param>
    /// <param name="mustVerify">Whether transactions are to be verified: <c>transaction.partition.verification.enable</c>.</param>
    public ProducerCheck Check(
        in RecordBatchHeader batch, AppendOrigin origin, VerificationGuard guard = default, bool mustVerify = false)
    {
        RequireProducerId(batch.ProducerId);
        if (origin is AppendOrigin.Replication or AppendOrigin.RaftLeader)
        {
            return ProducerCheck.Accepted;
        }

        if (batch.ProducerEpoch < 0 || (origin == AppendOrigin.Client && batch.BaseSequence < 0))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidRecord);
        }

        var producer = _producers.GetValueOrDefault(batch.ProducerId);
        if (origin == AppendOrigin.Client && producer is not null && producer.TryFind(batch, out var first))
        {
            return new ProducerCheck(ProducerCheckOutcome.Duplicate, first.FirstOffset, first.LastOffset, first.Timestamp);
        }

        if (mustVerify
            && batch.IsTransactional
            && !HasOngoingTransaction(batch.ProducerId, batch.ProducerEpoch)
            && !_verifications.Confirms(batch.ProducerId, guard))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidTransactionState);
        }

        if (producer is not null && batch.ProducerEpoch < producer.Epoch)
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidProducerEpoch);
        }

        if (origin == AppendOrigin.Client && !IsInSequence(producer, batch))
        {
            return ProducerCheck.Of(ProducerCheckOutcome.OutOfOrderSequence);
        }

        return producer is { InTransaction: true } && !batch.IsTransactional
            ? ProducerCheck.Of(ProducerCheckOutcome.InvalidTransactionState)
            : ProducerCheck.Accepted;
    }

    /// <summary>
    /// Checks a transaction marker before it is appended; nothing changes. A marker of an older coordinator is fenced, and so is one of an
    /// older producer epoch. With transactions of version 2 the coordinator takes a new epoch for each marker, so one of the current
    /// epoch is late, unless no transaction is open: then it is the repetition of one that arrived, and harmless.
    /// </summary>
    /// <param name="marker">The marker.</param>
    /// <param name="origin">Where it comes from; a replicated one is always accepted.</param>
    /// <param name="transactionVersion">The feature level <c>transaction.version</c> under which the coordinator wrote it.</param>
    public ProducerCheck Check(in TransactionMarker marker, AppendOrigin origin, short transactionVersion)
    {
        RequireProducerId(marker.ProducerId);
        if (origin is AppendOrigin.Replication or AppendOrigin.RaftLeader || !_producers.TryGetValue(marker.ProducerId, out var producer))
        {
            return ProducerCheck.Accepted;
        }

        var isLate = marker.ProducerEpoch < producer.Epoch
            || (transactionVersion >= 2 && marker.ProducerEpoch == producer.Epoch && producer.InTransaction);
        if (isLate)
        {
            return ProducerCheck.Of(ProducerCheckOutcome.InvalidProducerEpoch);
        }

        return marker.CoordinatorEpoch < producer.CoordinatorEpoch
            ? ProducerCheck.Of(ProducerCheckOutcome.TransactionCoordinatorFenced)
            : ProducerCheck.Accepted;
    }

    /// <summary>Applies a data batch with a producer id that has just been appended, or that is read again from the log.</summary>
    /// <param name="batch">The header as it stands in the log.</param>
    /// <param name="position">Where the batch stands; its offset is the batch's base offset.</param>
    /// <param name="time">
    /// When, in milliseconds since the Unix epoch: this broker's clock for an append, the batch's own largest timestamp for one that is
    /// read again, so that a restart does not lengthen an idle producer's life.
    /// </param>
    public void Apply(in RecordBatchHeader batch, LogPosition position, long time)
    {
        RequireProducerId(batch.ProducerId);
        RequireNotApplied(batch.LastOffset);
        var producer = GetOrAdd(batch.ProducerId);
        producer.Apply(batch);
        producer.LastUpdate = time;
        if (batch.IsTransactional)
        {
            _verifications.Remove(batch.ProducerId);
            if (!producer.InTransaction)
            {
                producer.BeginTransaction(batch.BaseOffset);
                _ongoing.Add(new PartitionTransaction(batch.ProducerId, position, ProducerState.None));
            }
        }

        EndOffset = batch.NextOffset;
    }

    /// <summary>
    /// Applies a marker that has just been appended, or that is read again from the log. The transaction that it ends stays unstable until
    /// <see cref="AdvanceHighWatermark"/> passes the marker.
    /// </summary>
    /// <param name="marker">The marker with its offset.</param>
    /// <param name="time">When, as with a batch.</param>
    /// <returns>The transaction that it ends; null when the producer had none open here.</returns>
    public CompletedTransaction? Apply(in TransactionMarker marker, long time)
    {
        RequireProducerId(marker.ProducerId);
        RequireNotApplied(marker.Offset);
        var producer = GetOrAdd(marker.ProducerId);
        var firstOffset = producer.TransactionFirstOffset;
        producer.Apply(marker);
        producer.LastUpdate = time;
        _verifications.Remove(marker.ProducerId);
        EndOffset = marker.Offset + 1;
        if (firstOffset < 0)
        {
            return null;
        }

        var transaction = _ongoing.Remove(firstOffset);
        _unreplicated.Add(transaction with { LastOffset = marker.Offset });
        return new CompletedTransaction(
            marker.ProducerId, firstOffset, marker.Offset, marker.IsAbort, FirstUndecidedOffset ?? (marker.Offset + 1));
    }

    /// <summary>The log has grown up to an offset by batches without a producer id.</summary>
    public void AdvanceTo(long endOffset) => EndOffset = Math.Max(EndOffset, endOffset);

    /// <summary>The high watermark is at an offset now: transactions whose markers lie before it are stable.</summary>
    public void AdvanceHighWatermark(long highWatermark) => _unreplicated.RemoveEndedBefore(highWatermark);

    /// <summary>
    /// The log begins at an offset now. Producers stay known, though their batches have gone: forgetting them would take the sequences from
    /// those that are still at work.
    /// </summary>
    public void AdvanceLogStart(long logStartOffset)
    {
        _unreplicated.RemoveEndedBefore(logStartOffset);
        AdvanceTo(logStartOffset);
    }

    /// <summary>Forgets the producers that were idle for the expiration time, unless a transaction of theirs is open.</summary>
    /// <param name="time">This broker's clock, in milliseconds since the Unix epoch.</param>
    /// <param name="expirationMilliseconds"><c>producer.id.expiration.ms</c>.</param>
    /// <returns>How many were forgotten.</returns>
    public int RemoveExpired(long time, long expirationMilliseconds)
    {
        var before = _producers.Count;
        foreach (var (producerId, producer) in _producers)
        {
            // A batch that was read again may have a timestamp of any future; its producer's time begins to run now.
            producer.LastUpdate = Math.Min(producer.LastUpdate, time);
            if (!producer.InTransaction && producer.LastUpdate <= time - expirationMilliseconds)
            {
                _producers.Remove(producerId);
            }
        }

        _verifications.RemoveStartedBefore(time - expirationMilliseconds);
        return before - _producers.Count;
    }

    /// <summary>What is known of one producer id; null when nothing is.</summary>
    public ProducerSnapshotEntry? Find(long producerId) =>
        _producers.TryGetValue(producerId, out var producer) ? producer.ToSnapshotEntry() : null;

    /// <summary>All producers, in the order of their ids.</summary>
    public ProducerSnapshotEntry[] ToSnapshot()
    {
        var entries = new ProducerSnapshotEntry[_producers.Count];
        var index = 0;
        foreach (var producer in _producers.Values)
        {
            entries[index++] = producer.ToSnapshotEntry();
        }

        Array.Sort(entries, static (left, right) => left.ProducerId.CompareTo(right.ProducerId));
        return entries;
    }

    /// <summary>Puts the state of a snapshot, or none, in the place of everything that was known.</summary>
    /// <param name="entries">The snapshot's entries: no producer id and no start of a transaction twice.</param>
    /// <param name="endOffset">The offset at which it was taken.</param>
    public void Reset(ReadOnlySpan<ProducerSnapshotEntry> entries, long endOffset)
    {
        _producers.Clear();
        _verifications.Clear();
        _ongoing.Clear();

        // The log is truncated only behind the high watermark, so what was waiting for it has gone or is stable.
        _unreplicated.Clear();
        foreach (ref readonly var entry in entries)
        {
            _producers.Add(entry.ProducerId, ProducerState.From(entry, entry.Timestamp));
            if (entry.CurrentTransactionFirstOffset >= 0)
            {
                _ongoing.Add(new PartitionTransaction(
                    entry.ProducerId, LogPosition.At(entry.CurrentTransactionFirstOffset), ProducerState.None));
            }
        }

        EndOffset = endOffset;
    }

    private static void RequireProducerId(long producerId) => ArgumentOutOfRangeException.ThrowIfNegative(producerId);

    /// <summary>A batch may begin before the state's end, since a log may have been told to begin in the middle of it, but not end there.</summary>
    private void RequireNotApplied(long lastOffset)
    {
        if (lastOffset < EndOffset)
        {
            throw new InvalidOperationException($"Offset {lastOffset} is applied to a state that reaches to {EndOffset} already.");
        }
    }

    private ProducerState GetOrAdd(long producerId)
    {
        if (!_producers.TryGetValue(producerId, out var producer))
        {
            producer = new ProducerState(producerId);
            _producers.Add(producerId, producer);
        }

        return producer;
    }

    private bool IsInSequence(ProducerState? producer, in RecordBatchHeader batch)
    {
        var isUnknown = producer is null || producer.Epoch < 0;
        if (_verifications.Find(batch.ProducerId) is { } verification
            && (batch.BaseSequence > verification.LowestSequence
                || (verification.BumpsEpoch && batch.BaseSequence != 0 && (isUnknown || producer!.IsEmpty))))
        {
            return false;
        }

        if (isUnknown)
        {
            return true;
        }

        return batch.ProducerEpoch != producer!.Epoch
            ? batch.BaseSequence == 0
            : batch.BaseSequence == RecordBatchHeader.AddToSequence(producer.LastSequence, 1);
    }
}
