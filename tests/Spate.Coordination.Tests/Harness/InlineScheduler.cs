using Spate.Coordination.Runtime;

namespace Spate.Coordination.Tests.Harness;

/// <summary>Runs shards on the calling thread, one after the other: when a call returns, all that it set going has been done.</summary>
internal sealed class InlineScheduler : IShardScheduler
{
    private readonly Queue<IThreadPoolWorkItem> _items = new();
    private bool _isRunning;

    public void Schedule(IThreadPoolWorkItem item)
    {
        _items.Enqueue(item);
        if (_isRunning)
        {
            return;
        }

        _isRunning = true;
        while (_items.TryDequeue(out var next))
        {
            next.Execute();
        }

        _isRunning = false;
    }
}
