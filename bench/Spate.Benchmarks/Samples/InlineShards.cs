using Spate.Coordination.Runtime;

namespace Spate.Benchmarks.Samples;

/// <summary>Runs shards on the thread that asks, so that no hop between threads is measured. For one thread.</summary>
internal sealed class InlineShards : IShardScheduler
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
