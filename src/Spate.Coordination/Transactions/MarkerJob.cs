namespace Spate.Coordination.Transactions;

/// <summary>A decided transaction whose partitions have to hear of it.</summary>
/// <param name="TransactionalId">Whose.</param>
/// <param name="ProducerId">Its producer.</param>
/// <param name="ProducerEpoch">The epoch that the markers carry.</param>
/// <param name="IsCommit">What was decided.</param>
/// <param name="TransactionVersion">The version in which it was ended.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that has it done.</param>
/// <param name="Partitions">Where it has to be told.</param>
internal sealed record MarkerJob(
    string TransactionalId,
    long ProducerId,
    short ProducerEpoch,
    bool IsCommit,
    short TransactionVersion,
    int CoordinatorEpoch,
    EnrolledPartitions Partitions)
{
    /// <summary>What a prepared transaction has to have done.</summary>
    public static MarkerJob Of(string transactionalId, Transaction prepared, int coordinatorEpoch) => new(
        transactionalId,
        prepared.ProducerId,
        prepared.ProducerEpoch,
        prepared.State == TransactionState.PrepareCommit,
        prepared.ClientVersion,
        coordinatorEpoch,
        prepared.Partitions);
}
