namespace Spate.Client.Producing;

/// <summary>Tells whoever flushes that a batch has come to its end, or all that it was split into.</summary>
internal sealed class FlushMark
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = 1;

    public Task Ended => _ended.Task;

    /// <summary>Two halves take the place of the batch, which will end too.</summary>
    public FlushMark Shared()
    {
        Interlocked.Add(ref _left, 2);
        return this;
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _ended.SetResult();
        }
    }
}
