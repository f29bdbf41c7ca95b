namespace Spate.Coordination.Runtime;

/// <summary>Where shards run. The thread pool in a broker; one thread under a seed in a simulation.</summary>
public interface IShardScheduler
{
    /// <summary>Runs the item soon and once. It must not be run within this call when the caller is itself such an item.</summary>
    void Schedule(IThreadPoolWorkItem item);
}
