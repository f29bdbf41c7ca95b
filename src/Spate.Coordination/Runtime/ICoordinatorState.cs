namespace Spate.Coordination.Runtime;

/// <summary>
/// What a shard guards: the state that its log tells. Only the shard's loop touches it, one command at a time, so it needs no locks.
/// </summary>
public interface ICoordinatorState
{
    /// <summary>
    /// Takes one committed record in. The only way in which logged state changes, live and on replay alike; it must not depend on the time
    /// or on anything that is not in the log.
    /// </summary>
    /// <param name="record">Its bytes last only for the call.</param>
    /// <exception cref="Exception">The record cannot be understood: the log is not ours or is broken, and the shard must not serve.</exception>
    void Apply(CoordinatorRecord record);

    /// <summary>
    /// Takes one record in that counts only once the producer's transaction is committed: it must change nothing that a reader of committed
    /// state sees before <see cref="ApplyEnd"/>. Only what is kept in a topic that takes part in transactions has such records.
    /// </summary>
    /// <param name="producerId">The producer whose transaction it is part of.</param>
    /// <param name="record">Its bytes last only for the call.</param>
    void ApplyPending(long producerId, CoordinatorRecord record) =>
        throw new InvalidDataException($"Producer {producerId} has written a record into a log that takes no part in transactions.");

    /// <summary>A producer's transaction has ended: its records count from now on, or never have.</summary>
    void ApplyEnd(long producerId, bool isCommit) =>
        throw new InvalidDataException($"A transaction of producer {producerId} has ended in a log that takes no part in transactions.");

    /// <summary>Says where in the log lies what was taken in just now; what keeps its log short goes by it.</summary>
    void AppliedAt(long offset)
    {
    }

    /// <summary>Called once, in the shard's loop, when the log has been replayed and the shard serves: the place to start timers and whatever else comes back with commands.</summary>
    void Loaded();
}
