namespace Spate.Coordination;

/// <summary>Who acts in a transaction: an id, and the producer that says it has it.</summary>
public readonly record struct TransactionOwner(string TransactionalId, long ProducerId, short ProducerEpoch);
