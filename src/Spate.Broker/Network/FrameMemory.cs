namespace Spate.Broker.Network;

/// <summary>The memory that frames live in: where it comes from and how much of it there may be. One for all listeners of a broker.</summary>
/// <param name="pool">Where buffers are leased.</param>
/// <param name="budget">How much large requests may take at a time; what small ones and replies may take has the same capacity of its own.</param>
public sealed class FrameMemory(FrameBufferPool pool, MemoryBudget budget)
{
    /// <summary>Where buffers are leased.</summary>
    public FrameBufferPool Pool { get; } = pool;

    /// <summary>How much large request frames may take of it at a time.</summary>
    public MemoryBudget Budget { get; } = budget;

    /// <summary>What small requests and replies take at a time.</summary>
    public InFlightMemory InFlight { get; } = new(budget.Capacity);
}
