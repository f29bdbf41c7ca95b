namespace Spate.Conformance.Processes;

/// <summary>A shared broker whose logs lie in memory, for tests of thousands of partitions.</summary>
public sealed class MemoryBroker : SharedBroker
{
    public MemoryBroker()
        : base([], inMemory: true)
    {
    }
}
