namespace Spate.Broker.Partitions;

/// <summary>Someone who waits for a partition to have more to read.</summary>
public interface IAppendWatcher
{
    /// <summary>
    /// More can be read, or the partition is no longer served here. Called on the appending thread, under no lock, and must return at once.
    /// It may be called after the watcher was taken away, and more than once.
    /// </summary>
    void PartitionChanged();
}
