namespace Spate.Client.Administration;

/// <summary>A transactional id that a broker coordinates.</summary>
/// <param name="TransactionalId">The id.</param>
/// <param name="ProducerId">The producer id that goes with it.</param>
/// <param name="State">How it stands.</param>
public sealed record TransactionListing(string TransactionalId, long ProducerId, TransactionState State);
