namespace Spate.Simulation.Canaries;

/// <summary>Locks on records of share groups that end before their time.</summary>
internal sealed class ImpatientLocks : Sabotage
{
    private const long TooSoonMs = 2_500;

    public override long LockTime(long nowMs) => nowMs + TooSoonMs;
}
