namespace Spate.Coordination.Transactions;

/// <summary>Where a transactional id stands. The numbers are those in the log, the names those that operators see.</summary>
public enum TransactionState : sbyte
{
    /// <summary>A producer has the id, and has begun no transaction.</summary>
    Empty = 0,

    /// <summary>Partitions are part of a transaction that nobody has ended.</summary>
    Ongoing = 1,

    /// <summary>It is decided that the transaction counts; its markers are being written.</summary>
    PrepareCommit = 2,

    /// <summary>It is decided that the transaction never was; its markers are being written.</summary>
    PrepareAbort = 3,

    /// <summary>All markers of a commit are written; the next transaction may begin.</summary>
    CompleteCommit = 4,

    /// <summary>All markers of an abort are written.</summary>
    CompleteAbort = 5,

    /// <summary>The id is being forgotten. Other implementations pass through it in memory; it stands in no log.</summary>
    Dead = 6,

    /// <summary>A producer is being fenced. Other implementations pass through it in memory; it stands in no log.</summary>
    PrepareEpochFence = 7,
}
