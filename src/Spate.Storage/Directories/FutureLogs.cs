using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>Moves logs from one root to another: makes the copy, and puts it in the log's place when it is whole (KIP-113). Safe for use by several threads at once.</summary>
internal sealed class FutureLogs(LogStoreOptions options, OpenLogs open)
{
    /// <inheritdoc cref="LogStore.CreateFuture"/>
    public HostedLog? Create(TopicPartition partition, LogDirectory destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var name = PartitionDirectoryName.Create(partition, PartitionDirectoryRole.Future, Uuid.NewRandom(options.Random));
        lock (open.Changing)
        {
            if (!open.Logs.TryGetValue(partition, out var current) || current.Directory == destination || open.Futures.ContainsKey(partition))
            {
                return null;
            }

            HostedLog? future = null;
            open.Guard(destination, () => future = DirectoryLogs.Create(options, destination, name, new NewLog(partition, current.TopicId, current.Log.Config)));
            return future is null ? null : open.PublishFuture(future);
        }
    }

    /// <inheritdoc cref="LogStore.DiscardFuture"/>
    public void Discard(HostedLog future)
    {
        ArgumentNullException.ThrowIfNull(future);
        lock (open.Changing)
        {
            if (open.Futures.TryGetValue(future.Partition, out var known) && ReferenceEquals(known, future))
            {
                open.Guard(future.Directory, () => open.Retire(future));
                open.SettleNames(future.Directory);
            }
        }
    }

    /// <inheritdoc cref="LogStore.TryReplace"/>
    public HostedLog? TryReplace(HostedLog current, HostedLog future, Func<bool> copyRest, Action<HostedLog> onMoved)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(future);
        lock (open.Changing)
        {
            if (open.Logs.GetValueOrDefault(current.Partition) != current || open.Futures.GetValueOrDefault(current.Partition) != future)
            {
                throw new ObjectDisposedException(nameof(PartitionLog), $"The log of {current.Partition} was deleted while it was moved.");
            }

            var hasMoved = false;
            current.Log.HandOver(() =>
            {
                if (!copyRest())
                {
                    return false;
                }

                future.Log.Succeed(current.Log);
                NameExchange.Exchange(options, current, future, open.In(future.Directory));
                open.Futures.TryRemove(current.Partition, out _);
                open.Logs[current.Partition] = future;
                options.Directories.Move(current.Partition, future.Directory);
                hasMoved = true;
                onMoved(future);
                return true;
            });
            if (!hasMoved)
            {
                return null;
            }

            open.Deletions.Add(
                new DirectoryDeletion(current.Directory, current.Log.Directory, current.Log), open.Now + current.Log.Config.FileDeleteDelayMs);
            open.Checkpoint(current.Directory);
            open.Guard(future.Directory, () => MoveCommit.Delete(options.Files.FileSystem, future.Log.Directory));
            return future;
        }
    }
}
