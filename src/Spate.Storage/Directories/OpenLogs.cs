using System.Collections.Concurrent;
using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>
/// The logs that are open, those that are being filled to take the place of others, and what becomes of them when the disk of their root fails. Safe for use by
/// several threads at once; what makes, deletes or renames logs, or writes checkpoints, holds <see cref="Changing"/>.
/// </summary>
internal sealed class OpenLogs(LogStoreOptions options) : IDisposable
{
    /// <summary>Held by whoever makes or deletes logs, or writes checkpoints.</summary>
    public Lock Changing { get; } = new();

    public ConcurrentDictionary<TopicPartition, HostedLog> Logs { get; } = new();

    /// <summary>The copies that are not whole yet (KIP-113).</summary>
    public ConcurrentDictionary<TopicPartition, HostedLog> Futures { get; } = new();

    /// <summary>What waits for the end of <c>file.delete.delay.ms</c>.</summary>
    public DirectoryDeletions Deletions { get; } = new();

    /// <summary>The time, in milliseconds since the Unix epoch.</summary>
    public long Now => options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private LogDirectories Directories => options.Directories;

    /// <summary>The logs of one root, without copies.</summary>
    public HostedLog[] In(LogDirectory directory) => [.. Logs.Values.Where(hosted => hosted.Directory == directory)];

    /// <summary>Shows a log to everybody, unless its root went offline while it was made and nobody would let go of it any more.</summary>
    public HostedLog? Publish(HostedLog hosted) => Publish(hosted, Logs);

    /// <summary>The same for a copy.</summary>
    public HostedLog? PublishFuture(HostedLog future) => Publish(future, Futures);

    /// <summary>Gives a log's directory a name under which nobody looks for it. <see cref="SettleNames"/> makes it durable, for many at once.</summary>
    /// <returns>Where it lies now.</returns>
    public string LeaveName(HostedLog hosted, PartitionDirectoryRole role)
    {
        var name = PartitionDirectoryName.Create(hosted.Partition, role, Uuid.NewRandom(options.Random));
        var path = Path.Combine(hosted.Directory.Path, name);
        hosted.Log.RenameDirectory(path, isDurable: false);
        if (!Futures.TryRemove(KeyValuePair.Create(hosted.Partition, hosted)))
        {
            Logs.TryRemove(hosted.Partition, out _);
            Directories.Remove(hosted.Partition);
        }

        return path;
    }

    /// <summary>Gives a log's directory the name of a deleted one, to go when that is due.</summary>
    public void Retire(HostedLog hosted)
    {
        var path = LeaveName(hosted, PartitionDirectoryRole.Deleted);
        Deletions.Add(new DirectoryDeletion(hosted.Directory, path, hosted.Log), Now + hosted.Log.Config.FileDeleteDelayMs);
    }

    /// <summary>
    /// Makes the names durable that logs of a root have left, with one wait for the disk however many they are, and writes the checkpoints: a log made
    /// anew under one of the names must not find the offsets of the old one after a crash.
    /// </summary>
    public void SettleNames(LogDirectory directory) => Guard(directory, () =>
    {
        options.Files.FileSystem.FlushDirectory(directory.Path);
        DirectoryCheckpoints.WriteAll(directory, In(directory));
    });

    /// <summary>Writes all three checkpoints of one root.</summary>
    public void Checkpoint(LogDirectory directory)
    {
        lock (Changing)
        {
            Guard(directory, () => DirectoryCheckpoints.WriteAll(directory, In(directory)));
        }
    }

    /// <summary>Does something to a root; when its disk fails, the root goes offline.</summary>
    /// <returns>Whether it was done.</returns>
    public bool Guard(LogDirectory directory, Action action)
    {
        if (!directory.IsOnline)
        {
            return false;
        }

        try
        {
            action();
            return true;
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            Fail(directory, failure);
            return false;
        }
    }

    /// <summary>Takes a root offline and lets go of its logs without another write.</summary>
    /// <returns>True when this was its first error.</returns>
    public bool Fail(LogDirectory directory, Exception cause)
    {
        if (!Directories.Fail(directory, cause))
        {
            return false;
        }

        LetGo(Logs, directory);
        LetGo(Futures, directory);
        return true;
    }

    /// <summary>Lets go of everything without another write.</summary>
    public void Dispose()
    {
        foreach (var hosted in Logs.Values.Concat(Futures.Values))
        {
            hosted.Log.Dispose();
        }

        Logs.Clear();
        Futures.Clear();
        Deletions.Abandon();
        Directories.Dispose();
    }

    private static HostedLog? Publish(HostedLog hosted, ConcurrentDictionary<TopicPartition, HostedLog> among)
    {
        among[hosted.Partition] = hosted;
        if (hosted.Directory.IsOnline)
        {
            return hosted;
        }

        among.TryRemove(hosted.Partition, out _);
        hosted.Log.Dispose();
        return null;
    }

    private static void LetGo(ConcurrentDictionary<TopicPartition, HostedLog> logs, LogDirectory directory)
    {
        foreach (var hosted in logs.Values.Where(hosted => hosted.Directory == directory))
        {
            if (logs.TryRemove(KeyValuePair.Create(hosted.Partition, hosted)))
            {
                hosted.Log.Dispose();
            }
        }
    }
}
