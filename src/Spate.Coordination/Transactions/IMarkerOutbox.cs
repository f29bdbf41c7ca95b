namespace Spate.Coordination.Transactions;

/// <summary>
/// Takes over from the state machine what has to be told to partitions, and comes back with a command when it is done. Used in the shard's
/// loop; every call returns at once.
/// </summary>
internal interface IMarkerOutbox
{
    /// <summary>
    /// Begins to tell. Nothing happens while something is under way for the same transactional id: the transaction cannot have gone on, so it is
    /// the same work, asked for once more by a shard that was loaded anew.
    /// </summary>
    void Send(MarkerJob job);

    /// <summary>Whether the job is the one under way. What a job that was overtaken reports must not be taken for the end of the next one.</summary>
    bool IsCurrent(MarkerJob job);

    /// <summary>The shard knows that all is told; what comes next for the transactional id is another transaction.</summary>
    void Settled(string transactionalId);
}
