namespace Spate.Coordination.Transactions;

/// <summary>
/// Takes over from the state machine what has to be told to partitions, and comes back with a command when it is done. Used in the shard's
/// loop; every call returns at once.
/// </summary>
internal interface IMarkerOutbox
{
    /// <summary>Begins to tell what has just been decided.</summary>
    void Send(MarkerJob job);

    /// <summary>
    /// A shard that was loaded says all that is decided and not done. What is under way for one of them in the same epoch of the coordinator is
    /// the same work, since nobody else can have finished it, and goes on; what is under way besides is done, or somebody else's affair.
    /// </summary>
    void Resume(IReadOnlyCollection<MarkerJob> jobs);

    /// <summary>Whether the job is the one under way. What a job that was overtaken reports must not be taken for the end of the next one.</summary>
    bool IsCurrent(MarkerJob job);

    /// <summary>The shard knows that all is told; what comes next for the transactional id is another transaction.</summary>
    void Settled(string transactionalId);
}
