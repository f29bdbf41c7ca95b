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

    /// <summary>Called once, when the log has been replayed: the place to start timers.</summary>
    void Loaded();
}
