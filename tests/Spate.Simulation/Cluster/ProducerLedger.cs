using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Storage;
using Spate.Storage.Producers;

namespace Spate.Simulation.Cluster;

/// <summary>
/// What a partition knows of producers: the very state machine that logs on disk have, behind records that are not there. Every record is a batch
/// of its own.
/// </summary>
internal sealed class ProducerLedger(TimeProvider time)
{
    private static readonly RecordBatchAttributes Transactional = new(0x10);
    private readonly ProducerStates _states = new();

    public long EndOffset => _states.EndOffset;

    public long LastStableOffset => _states.LastStableOffset(_states.EndOffset);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public bool IsOpen(long producerId, short epoch) => _states.HasOngoingTransaction(producerId, epoch);

    /// <summary>0 when the producer's transaction is open here already.</summary>
    public long BeginVerification(long producerId, short epoch, int sequence, bool bumpsEpoch) =>
        _states.BeginVerification(producerId, epoch, sequence, bumpsEpoch, NowMs).Number;

    /// <summary>Whether a record may be written; DUPLICATE_SEQUENCE_NUMBER when it is there already.</summary>
    /// <param name="producer">Whose it is.</param>
    /// <param name="sequence">Its number; -1 when it comes through a coordinator, which gives none.</param>
    public ErrorCode Admit(ProducerStamp producer, int sequence) => ToError(_states.Check(
        Header(producer.ProducerId, producer.ProducerEpoch, sequence),
        sequence < 0 ? AppendOrigin.Coordinator : AppendOrigin.Client,
        new VerificationGuard(producer.Guard ?? 0),
        mustVerify: producer.Guard is not null));

    public void Write(long producerId, short epoch, int sequence)
    {
        _states.Apply(Header(producerId, epoch, sequence), LogPosition.At(_states.EndOffset), NowMs);
        _states.AdvanceHighWatermark(_states.EndOffset);
    }

    /// <summary>Records of no producer.</summary>
    public void Write(int records) => _states.AdvanceTo(_states.EndOffset + records);

    /// <summary>Whether a marker may be written.</summary>
    public ErrorCode Admit(TransactionEnd end) => ToError(_states.Check(Marker(end), AppendOrigin.Coordinator, end.TransactionVersion));

    /// <summary>Writes a marker.</summary>
    /// <returns>Whether a transaction ends by it.</returns>
    public bool Write(TransactionEnd end)
    {
        var ended = _states.Apply(Marker(end), NowMs) is not null;
        _states.AdvanceHighWatermark(_states.EndOffset);
        return ended;
    }

    private static ErrorCode ToError(ProducerCheck check) => check.Outcome switch
    {
        ProducerCheckOutcome.Accepted => ErrorCode.None,
        ProducerCheckOutcome.Duplicate => ErrorCode.DuplicateSequenceNumber,
        ProducerCheckOutcome.OutOfOrderSequence => ErrorCode.OutOfOrderSequenceNumber,
        ProducerCheckOutcome.InvalidProducerEpoch => ErrorCode.InvalidProducerEpoch,
        ProducerCheckOutcome.InvalidTransactionState => ErrorCode.InvalidTxnState,
        ProducerCheckOutcome.TransactionCoordinatorFenced => ErrorCode.TransactionCoordinatorFenced,
        _ => ErrorCode.InvalidRecord,
    };

    private RecordBatchHeader Header(long producerId, short epoch, int sequence) => new()
    {
        BaseOffset = _states.EndOffset,
        Attributes = Transactional,
        ProducerId = producerId,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
        RecordCount = 1,
        MaxTimestamp = NowMs,
    };

    private TransactionMarker Marker(TransactionEnd end) =>
        new(end.ProducerId, end.ProducerEpoch, end.CoordinatorEpoch, !end.IsCommit, _states.EndOffset, NowMs);
}
