namespace Spate.Broker.Network;

/// <summary>The memory that request frames live in: where it comes from and how much of it there may be. One for all listeners of a broker.</summary>
public sealed class FrameMemory(FrameBufferPool pool, MemoryBudget budget)
{
    /// <summary>Where buffers are leased.</summary>
    public FrameBufferPool Pool { get; } = pool;

    /// <summary>How much large frames may take of it at a time.</summary>
    public MemoryBudget Budget { get; } = budget;
}
