namespace Spate.Broker.Partitions;

/// <summary>What may have more to read at some time, and tells those who wait for it.</summary>
internal interface IWatched
{
    /// <summary>Has a watcher told of the next change, once.</summary>
    void Watch(IAppendWatcher watcher);

    /// <summary>Takes a watcher off the list; harmless when it is not on it.</summary>
    void Unwatch(IAppendWatcher watcher);
}
