namespace Spate.Broker.Partitions;

/// <summary>Someone who waits for a partition to have more to read.</summary>
public interface IAppendWatcher
{
    /// <summary>
    /// More can be read, the log begins elsewhere, or the partition is no longer served here. The watcher has been taken off the list: it is
    /// told once, and watches again when it has looked. Called on the thread that made the change, which may hold the log's lock, and must
    /// return at once. It may be called after the watcher was taken away.
    /// </summary>
    void PartitionChanged();
}
