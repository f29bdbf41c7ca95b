namespace Spate.Coordination.Runtime;

/// <summary>The end of a producer's transaction in one log: what a marker says.</summary>
/// <param name="ProducerId">Whose transaction ends.</param>
/// <param name="ProducerEpoch">The epoch that the marker carries; in transactions of version 2 it is one more than that of the records.</param>
/// <param name="IsCommit">Whether the records count.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that decided; a log that has seen a later one refuses the marker.</param>
/// <param name="TransactionVersion">The version of the transaction (KIP-890): from 2 on the marker's epoch must be above that of the records.</param>
public readonly record struct TransactionEnd(long ProducerId, short ProducerEpoch, bool IsCommit, int CoordinatorEpoch, short TransactionVersion);
