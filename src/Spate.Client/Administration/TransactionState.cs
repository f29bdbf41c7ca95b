namespace Spate.Client.Administration;

/// <summary>How a transactional id stands.</summary>
public enum TransactionState
{
    /// <summary>A state that this client does not know.</summary>
    Unknown = 0,

    /// <summary>It has no transaction yet.</summary>
    Empty,

    /// <summary>A transaction is open.</summary>
    Ongoing,

    /// <summary>Its transaction is going to be committed, whatever comes.</summary>
    PrepareCommit,

    /// <summary>Its transaction is going to be aborted, whatever comes.</summary>
    PrepareAbort,

    /// <summary>Its last transaction was committed.</summary>
    CompleteCommit,

    /// <summary>Its last transaction was aborted.</summary>
    CompleteAbort,

    /// <summary>Its transaction took too long and is going to be aborted, with the producer shut out.</summary>
    PrepareEpochFence,

    /// <summary>It was not used for long and is about to be forgotten.</summary>
    Dead,
}
