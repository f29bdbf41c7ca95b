namespace Spate.Client.Administration;

/// <summary>A producer that a partition remembers (KIP-664).</summary>
/// <param name="Id">Its producer id.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="LastSequence">The number of its last record; null when there is none.</param>
/// <param name="LastTimestamp">The timestamp of its last batch; null when there is none.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that last ended a transaction of it; null when none has.</param>
/// <param name="TransactionStartOffset">Where its open transaction begins; null when none is open.</param>
public sealed record ActiveProducer(long Id, int Epoch, int? LastSequence, DateTimeOffset? LastTimestamp, int? CoordinatorEpoch, long? TransactionStartOffset);
