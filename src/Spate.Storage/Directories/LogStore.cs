using System.Collections.Concurrent;
using Spate.Protocol;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// All logs of a broker, open. It makes and deletes them, keeps their checkpoints, and takes a root offline whose disk fails while the
/// others go on. Nothing runs by itself: the owner calls the checkpoints and deletions when it is time.
/// Safe for use by several threads at once, but for <see cref="Close"/> and <see cref="Dispose"/>, which come when nobody uses it any more.
/// </summary>
/// <remarks>
/// What survives a crash: every log by itself; which topic a log belongs to, before it holds a record; that a log was deleted, when
/// <see cref="Delete"/> has returned. Checkpoints survive as of their last writing, and what is newer is found from the logs.
/// </remarks>
public sealed class LogStore : IDisposable
{
    private readonly LogStoreOptions _options;
    private readonly ConcurrentDictionary<TopicPartition, HostedLog> _logs = new();
    private readonly DirectoryDeletions _deletions = new();

    /// <summary>Held by whoever makes or deletes logs, or writes checkpoints.</summary>
    private readonly Lock _changing = new();

    private LogStore(LogStoreOptions options) => _options = options;

    public LogDirectories Directories => _options.Directories;

    /// <summary>The logs of all roots that are online.</summary>
    public IReadOnlyCollection<HostedLog> All => [.. _logs.Values];

    private IFileSystem Files => _options.Files.FileSystem;

    private long Now => _options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Opens all logs, those of each root by several threads and all roots at once, and says in one line of the log how many there are and
    /// how long it took. After a crash that includes their recovery. A root whose disk fails goes offline, with all of its logs.
    /// </summary>
    /// <exception cref="LogDirectoryException">A partition lies in two roots, or no root is left online.</exception>
    public static LogStore Open(LogStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RecoveryThreadsPerDirectory, 1);
        var began = options.Time.GetTimestamp();
        var store = new LogStore(options);
        try
        {
            store.OpenAll();
        }
        catch
        {
            store.Dispose();
            throw;
        }

        DirectoryMessages.Opened(options.Logger, store._logs.Count, (long)options.Time.GetElapsedTime(began).TotalMilliseconds);
        return store;
    }

    /// <summary>A partition's log; null when there is none, or when its root is offline.</summary>
    public HostedLog? Find(TopicPartition partition) => _logs.GetValueOrDefault(partition);

    /// <summary>
    /// A partition's log, made when there is none: in the root with the fewest logs, and in the next one when the disk of that fails.
    /// </summary>
    /// <param name="partition">The partition, one that <see cref="PartitionDirectoryName.CanName"/> admits.</param>
    /// <param name="topicId">The topic's id; <see cref="Uuid.Zero"/> when it has none, which leaves it as it is.</param>
    /// <param name="config">The configuration of a log that is made; one that is there keeps its own.</param>
    /// <returns>Null when the log lies in a root that is offline, or when none is online: KAFKA_STORAGE_ERROR.</returns>
    /// <exception cref="InvalidOperationException">
    /// The log is that of another topic of the same name, as <see cref="HostedLog.TopicId"/> of the one that <see cref="Find"/> gives says:
    /// it must be deleted first.
    /// </exception>
    public HostedLog? GetOrCreate(TopicPartition partition, Uuid topicId, LogConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!PartitionDirectoryName.CanName(partition))
        {
            throw new ArgumentException($"No log can be named for '{partition}'.", nameof(partition));
        }

        lock (_changing)
        {
            if (_logs.TryGetValue(partition, out var known))
            {
                return topicId.IsZero || topicId == known.TopicId ? known : Adopt(known, topicId);
            }

            while (Directories.Place(partition) is { IsOnline: true } directory)
            {
                try
                {
                    return Publish(DirectoryLogs.Create(_options, directory, partition, topicId, config));
                }
                catch (Exception failure) when (DiskFailure.Is(failure))
                {
                    Directories.Remove(partition);
                    Fail(directory, failure);
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Deletes logs: their directories get the name of deleted ones at once, and go with <see cref="DeleteDueDirectories"/> when
    /// <c>file.delete.delay.ms</c> is over. Who holds such a log may read it until then. Partitions without a log are no error.
    /// </summary>
    public void Delete(IReadOnlyCollection<TopicPartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        lock (_changing)
        {
            var touched = new HashSet<LogDirectory>();
            foreach (var partition in partitions)
            {
                if (_logs.TryGetValue(partition, out var hosted))
                {
                    Guard(hosted.Directory, () => Retire(hosted));
                    touched.Add(hosted.Directory);
                }
            }

            // A log made anew under the same name must not find the offsets of the old one after a crash.
            foreach (var directory in touched)
            {
                Checkpoint(directory);
            }
        }
    }

    /// <summary>
    /// Takes a log out of use that belongs to nobody who is known, and keeps it under the name of a stray: what cannot be explained is not
    /// deleted.
    /// </summary>
    /// <returns>The directory that it lies in now; null when there is no such log, or its root went offline.</returns>
    public string? SetAside(TopicPartition partition)
    {
        lock (_changing)
        {
            if (!_logs.TryGetValue(partition, out var hosted))
            {
                return null;
            }

            string? path = null;
            Guard(hosted.Directory, () =>
            {
                path = LeaveName(hosted, PartitionDirectoryRole.Stray);
                hosted.Log.Close();
            });
            return path;
        }
    }

    /// <summary>Deletes the directories that are due.</summary>
    /// <returns>When the next one is, in milliseconds since the Unix epoch; null when none waits.</returns>
    public long? DeleteDueDirectories()
    {
        lock (_changing)
        {
            while (_deletions.TryTake(Now, out var deletion))
            {
                deletion.Log?.Dispose();
                Guard(deletion.Directory, () =>
                {
                    Files.DeleteDirectory(deletion.Path);
                    DirectoryMessages.Deleted(_options.Logger, deletion.Path);
                });
            }

            return _deletions.NextDue;
        }
    }

    /// <summary>Writes the recovery points of all logs (<c>log.flush.offset.checkpoint.interval.ms</c>).</summary>
    public void CheckpointRecoveryPoints() => EachOnline(DirectoryCheckpoints.WriteRecoveryPoints);

    /// <summary>Writes the first offsets of all logs (<c>log.flush.start.offset.checkpoint.interval.ms</c>).</summary>
    public void CheckpointLogStartOffsets() => EachOnline(DirectoryCheckpoints.WriteLogStartOffsets);

    /// <summary>Writes the first offsets of the roots in which some logs lie, so that they last whatever comes.</summary>
    public void CheckpointLogStartOffsets(IReadOnlyCollection<TopicPartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        lock (_changing)
        {
            foreach (var directory in partitions.Select(Find).OfType<HostedLog>().Select(hosted => hosted.Directory).Distinct())
            {
                Guard(directory, () => DirectoryCheckpoints.WriteLogStartOffsets(directory, In(directory)));
            }
        }
    }

    /// <summary>Writes the high watermarks of all logs (<c>replica.high.watermark.checkpoint.interval.ms</c>).</summary>
    public void CheckpointHighWatermarks() => EachOnline(DirectoryCheckpoints.WriteHighWatermarks);

    /// <summary>Writes all three of one root, as must be done after a truncation before anything else is appended.</summary>
    public void Checkpoint(LogDirectory directory)
    {
        lock (_changing)
        {
            Guard(directory, () => DirectoryCheckpoints.WriteAll(directory, In(directory)));
        }
    }

    /// <summary>Takes the root offline in which a log has failed: <see cref="Fail(LogDirectory, Exception)"/>.</summary>
    public bool Fail(LogFailedException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var root = Path.GetDirectoryName(failure.Directory);
        var directory = Directories.All.FirstOrDefault(each => string.Equals(each.Path, root, StringComparison.Ordinal));
        return directory is not null && Fail(directory, failure);
    }

    /// <summary>
    /// Takes a root offline: whoever meets an error of its disk says so here. Its partitions are named to
    /// <see cref="LogDirectoriesOptions.OnFailure"/>, and its logs are let go of without another write.
    /// </summary>
    /// <returns>True when this was its first error.</returns>
    public bool Fail(LogDirectory directory, Exception cause)
    {
        if (!Directories.Fail(directory, cause))
        {
            return false;
        }

        foreach (var hosted in In(directory))
        {
            if (_logs.TryRemove(KeyValuePair.Create(hosted.Partition, hosted)))
            {
                hosted.Log.Dispose();
            }
        }

        return true;
    }

    /// <summary>
    /// Closes all logs, writes their checkpoints, and last of all says in each root that it was closed cleanly, unless its disk fails on
    /// the way. Gives the locks back.
    /// </summary>
    /// <param name="brokerEpoch">The broker's epoch, or -1.</param>
    public void Close(long brokerEpoch)
    {
        lock (_changing)
        {
            Parallel.ForEach(
                Directories.Online.ToArray(),
                new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Directories.All.Count) },
                directory => Guard(directory, () => DirectoryLogs.Close(_options, directory, In(directory), brokerEpoch)));
        }

        Dispose();
    }

    /// <summary>Lets go of everything without another write, as a process does that dies.</summary>
    public void Dispose()
    {
        foreach (var hosted in _logs.Values)
        {
            hosted.Log.Dispose();
        }

        _logs.Clear();
        _deletions.Abandon();
        Directories.Dispose();
    }

    private void OpenAll()
    {
        var loaders = Directories.Online.ToDictionary(directory => directory, directory => new DirectoryLoader(_options, directory));
        foreach (var (directory, loader) in loaders)
        {
            Guard(directory, loader.Find);
        }

        Parallel.ForEach(
            loaders.Where(each => each.Key.IsOnline).ToArray(),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, loaders.Count) },
            each => Guard(each.Key, () =>
            {
                foreach (var hosted in each.Value.Open())
                {
                    _logs[hosted.Partition] = hosted;
                }
            }));
        foreach (var (directory, loader) in loaders)
        {
            loader.Deleted.ForEach(path => _deletions.Add(new DirectoryDeletion(directory, path, Log: null), Now));
        }

        if (!Directories.IsAnyOnline)
        {
            throw new LogDirectoryException(
                $"None of the log directories can be used: {string.Join("; ", Directories.All.Select(each => $"'{each.Path}': {each.OfflineCause!.Message}"))}");
        }
    }

    /// <summary>Shows a log to everybody, unless its root went offline while it was made and nobody would let go of it any more.</summary>
    private HostedLog? Publish(HostedLog hosted)
    {
        _logs[hosted.Partition] = hosted;
        if (hosted.Directory.IsOnline)
        {
            return hosted;
        }

        _logs.TryRemove(hosted.Partition, out _);
        hosted.Log.Dispose();
        return null;
    }

    /// <summary>Gives a log of an old Kafka the id of its topic.</summary>
    private HostedLog? Adopt(HostedLog hosted, Uuid topicId)
    {
        if (!hosted.TopicId.IsZero)
        {
            throw new InvalidOperationException(
                $"The log of {hosted.Partition} is that of topic {hosted.TopicId}; topic {topicId} cannot have it.");
        }

        var adopted = hosted with { TopicId = topicId };
        return Guard(hosted.Directory, () =>
        {
            PartitionMetadata.Write(Files, hosted.Log.Directory, topicId);
            _logs[hosted.Partition] = adopted;
        })
            ? adopted
            : null;
    }

    /// <summary>Gives a log's directory a name under which nobody looks for it.</summary>
    private string LeaveName(HostedLog hosted, PartitionDirectoryRole role)
    {
        var name = PartitionDirectoryName.Create(hosted.Partition, role, Uuid.NewRandom(_options.Random));
        var path = Path.Combine(hosted.Directory.Path, name);
        hosted.Log.RenameDirectory(path);
        _logs.TryRemove(hosted.Partition, out _);
        Directories.Remove(hosted.Partition);
        return path;
    }

    private void Retire(HostedLog hosted)
    {
        var path = LeaveName(hosted, PartitionDirectoryRole.Deleted);
        _deletions.Add(new DirectoryDeletion(hosted.Directory, path, hosted.Log), Now + hosted.Log.Config.FileDeleteDelayMs);
    }

    private HostedLog[] In(LogDirectory directory) => [.. _logs.Values.Where(hosted => hosted.Directory == directory)];

    private void EachOnline(Action<LogDirectory, HostedLog[]> write)
    {
        lock (_changing)
        {
            foreach (var directory in Directories.Online.ToArray())
            {
                Guard(directory, () => write(directory, In(directory)));
            }
        }
    }

    /// <summary>Does something to a root; when its disk fails, the root goes offline.</summary>
    /// <returns>Whether it was done.</returns>
    private bool Guard(LogDirectory directory, Action action)
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
}
