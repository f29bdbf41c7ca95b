namespace Spate.Coordination.Runtime;

/// <summary>Runs shards on the thread pool: one that has nothing to do takes no thread.</summary>
public sealed class ThreadPoolScheduler : IShardScheduler
{
    private ThreadPoolScheduler()
    {
    }

    public static ThreadPoolScheduler Instance { get; } = new();

    public void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
