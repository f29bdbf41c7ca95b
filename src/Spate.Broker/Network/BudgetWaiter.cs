namespace Spate.Broker.Network;

/// <summary>A large frame that waits for memory. Its task continues elsewhere, never under the budget's lock.</summary>
internal sealed class BudgetWaiter(BudgetShare share, long bytes)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public BudgetShare Share { get; } = share;

    /// <summary>Bytes wanted on top of what the share has.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Whether the frame has begun to arrive and holds memory while it waits for more.</summary>
    public bool HasBegun => Share.Bytes > 0;
}
