namespace Spate.Storage.Producers;

/// <summary>What to do with a batch or a transaction marker, by the state of its producer.</summary>
public enum ProducerCheckOutcome
{
    /// <summary>Append it.</summary>
    Accepted,

    /// <summary>It is in the log already: answer with the offsets it got then, and append nothing.</summary>
    Duplicate,

    /// <summary>A batch before it is missing: OUT_OF_ORDER_SEQUENCE_NUMBER.</summary>
    OutOfOrderSequence,

    /// <summary>A newer instance of the producer is known: INVALID_PRODUCER_EPOCH.</summary>
    InvalidProducerEpoch,

    /// <summary>It does not fit the transaction that is open, or that is not: INVALID_TXN_STATE.</summary>
    InvalidTransactionState,

    /// <summary>A newer transaction coordinator is known: TRANSACTION_COORDINATOR_FENCED.</summary>
    TransactionCoordinatorFenced,

    /// <summary>A producer id comes with an epoch or a sequence that cannot be: INVALID_RECORD.</summary>
    InvalidRecord,
}
