namespace Spate.Broker.Network;

/// <summary>What one large frame has taken from a <see cref="MemoryBudget"/>. Disposing gives it back; doing it again does nothing.</summary>
internal sealed class BudgetShare(MemoryBudget budget) : IDisposable
{
    /// <summary>Bytes taken. Written by the budget, under its lock.</summary>
    public long Bytes { get; set; }

    public void Dispose() => budget.Return(this);
}
