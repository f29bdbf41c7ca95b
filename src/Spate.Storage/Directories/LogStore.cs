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
    private readonly OpenLogs _open;
    private readonly FutureLogs _futures;
    private readonly UnfinishedMoves _unfinishedMoves;

    private LogStore(LogStoreOptions options)
    {
        _options = options;
        _open = new OpenLogs(options);
        _futures = new FutureLogs(options, _open);
        _unfinishedMoves = new UnfinishedMoves(options);
    }

    public LogDirectories Directories => _options.Directories;

    /// <summary>The logs of all roots that are online.</summary>
    public IReadOnlyCollection<HostedLog> All => [.. _open.Logs.Values];

    /// <summary>The logs that are being filled to take the place of others (KIP-113).</summary>
    public IReadOnlyCollection<HostedLog> Futures => [.. _open.Futures.Values];

    /// <summary>Where the last stop found logs on their way to: their copies are gone and are to be made anew.</summary>
    public IReadOnlyDictionary<TopicPartition, LogDirectory> InterruptedMoves => _unfinishedMoves.ToBeginAnew;

    private IFileSystem Files => _options.Files.FileSystem;

    /// <summary>
    /// Opens all logs, those of each root by several threads and all roots at once, and says in one line of the log how many there are and
    /// how long it took. After a crash that includes their recovery. A root whose disk fails goes offline, with all of its logs.
    /// </summary>
    /// <exception cref="LogDirectoryException">A partition lies in two roots, or no root is left online.</exception>
    public static LogStore Open(LogStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RecoveryThreadsPerDirectory, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LogsMadeAtOnce, 1);
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

        DirectoryMessages.Opened(options.Logger, store._open.Logs.Count, (long)options.Time.GetElapsedTime(began).TotalMilliseconds);
        return store;
    }

    /// <summary>A partition's log; null when there is none, or when its root is offline.</summary>
    public HostedLog? Find(TopicPartition partition) => _open.Logs.GetValueOrDefault(partition);

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

        lock (_open.Changing)
        {
            if (_open.Logs.TryGetValue(partition, out var known))
            {
                return topicId.IsZero || topicId == known.TopicId ? known : Adopt(known, topicId);
            }

            while (Directories.Place(partition) is { IsOnline: true } directory)
            {
                try
                {
                    return _open.Publish(DirectoryLogs.Create(_options, directory, PartitionDirectoryName.Current(partition), new NewLog(partition, topicId, config)));
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
    /// Makes those of many logs that are not there yet, at a fraction of the time that one after the other would take. Where the disk of a root fails, its
    /// logs are left out: <see cref="GetOrCreate"/> finds another root for each.
    /// </summary>
    /// <param name="logs">The logs, of partitions that <see cref="PartitionDirectoryName.CanName"/> admits, each once.</param>
    public void CreateMissing(IEnumerable<NewLog> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        lock (_open.Changing)
        {
            var missing = new Dictionary<LogDirectory, List<NewLog>>();
            foreach (var log in logs.Where(log => !_open.Logs.ContainsKey(log.Partition)))
            {
                if (Directories.Place(log.Partition) is { IsOnline: true } directory)
                {
                    (missing.TryGetValue(directory, out var others) ? others : missing[directory] = []).Add(log);
                }
            }

            foreach (var (directory, ofDirectory) in missing)
            {
                try
                {
                    foreach (var hosted in DirectoryLogs.CreateAll(_options, directory, ofDirectory))
                    {
                        _open.Publish(hosted);
                    }
                }
                catch (Exception failure) when (DiskFailure.Is(failure))
                {
                    ofDirectory.ForEach(log => Directories.Remove(log.Partition));
                    Fail(directory, failure);
                }
            }
        }
    }

    /// <summary>
    /// Deletes logs: their directories get the name of deleted ones at once, and go with <see cref="DeleteDueDirectories"/> when
    /// <c>file.delete.delay.ms</c> is over. Who holds such a log may read it until then. Partitions without a log are no error; what may lie of
    /// them in a root that is offline is forgotten, so that a log of the same name can be made elsewhere.
    /// </summary>
    public void Delete(IReadOnlyCollection<TopicPartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        lock (_open.Changing)
        {
            var touched = new HashSet<LogDirectory>();
            foreach (var partition in partitions)
            {
                if (_open.Futures.TryGetValue(partition, out var future))
                {
                    _open.Guard(future.Directory, () => _open.Retire(future));
                    touched.Add(future.Directory);
                }

                if (_open.Logs.TryGetValue(partition, out var hosted))
                {
                    _open.Guard(hosted.Directory, () => _open.Retire(hosted));
                    touched.Add(hosted.Directory);
                }
                else
                {
                    Directories.Remove(partition);
                }
            }

            foreach (var directory in touched)
            {
                _open.SettleNames(directory);
            }
        }
    }

    /// <summary>Begins a log in another root that is to take the place of a partition's log when it has all of it (KIP-113).</summary>
    /// <returns>Null when the partition has no log, or a future one already, or its log lies there, or the disk there failed.</returns>
    /// <exception cref="PathTooLongException">The topic's name leaves no room for the name of a future log's directory.</exception>
    public HostedLog? CreateFuture(TopicPartition partition, LogDirectory destination) => _futures.Create(partition, destination);

    /// <summary>The log that is being filled to take the place of a partition's; null when there is none.</summary>
    public HostedLog? FindFuture(TopicPartition partition) => _open.Futures.GetValueOrDefault(partition);

    /// <summary>Gives up a future log: its directory gets the name of a deleted one. One that is gone already is no error.</summary>
    public void DiscardFuture(HostedLog future) => _futures.Discard(future);

    /// <summary>
    /// Puts a future log in the place of the current one, unless more is missing from it than may be copied while nobody can append.
    /// </summary>
    /// <param name="current">The partition's log.</param>
    /// <param name="future">The copy.</param>
    /// <param name="copyRest">Copies what is missing; false when that is too much.</param>
    /// <param name="onMoved">Told of the log in its new place while nobody can append to either.</param>
    /// <returns>The log in its new place; null when it has not moved.</returns>
    /// <exception cref="LogFailedException">A disk failed. At least one of the logs is whole, under a name by which the next start finds it.</exception>
    /// <exception cref="ObjectDisposedException">One of the logs has been closed meanwhile.</exception>
    public HostedLog? TryReplace(HostedLog current, HostedLog future, Func<bool> copyRest, Action<HostedLog> onMoved) =>
        _futures.TryReplace(current, future, copyRest, onMoved);

    /// <summary>
    /// Takes a log out of use that belongs to nobody who is known, and keeps it under the name of a stray: what cannot be explained is not
    /// deleted.
    /// </summary>
    /// <returns>The directory that it lies in now; null when there is no such log, or its root went offline.</returns>
    public string? SetAside(TopicPartition partition)
    {
        lock (_open.Changing)
        {
            if (!_open.Logs.TryGetValue(partition, out var hosted))
            {
                return null;
            }

            string? path = null;
            _open.Guard(hosted.Directory, () =>
            {
                path = _open.LeaveName(hosted, PartitionDirectoryRole.Stray);
                hosted.Log.Close();
            });
            _open.SettleNames(hosted.Directory);
            return path;
        }
    }

    /// <summary>Deletes the directories that are due. However long the disk takes, nobody who makes or deletes logs waits for it.</summary>
    /// <returns>When the next one is, in milliseconds since the Unix epoch; null when none waits.</returns>
    public long? DeleteDueDirectories()
    {
        while (true)
        {
            DirectoryDeletion deletion;
            lock (_open.Changing)
            {
                if (!_open.Deletions.TryTake(_open.Now, out deletion))
                {
                    return _open.Deletions.NextDue;
                }
            }

            deletion.Log?.Dispose();
            _open.Guard(deletion.Directory, () =>
            {
                Files.DeleteDirectory(deletion.Path);
                DirectoryMessages.Deleted(_options.Logger, deletion.Path);
            });
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
        lock (_open.Changing)
        {
            foreach (var directory in partitions.Select(Find).OfType<HostedLog>().Select(hosted => hosted.Directory).Distinct())
            {
                _open.Guard(directory, () => DirectoryCheckpoints.WriteLogStartOffsets(directory, _open.In(directory)));
            }
        }
    }

    /// <summary>Writes the high watermarks of all logs (<c>replica.high.watermark.checkpoint.interval.ms</c>).</summary>
    public void CheckpointHighWatermarks() => EachOnline(DirectoryCheckpoints.WriteHighWatermarks);

    /// <summary>Writes all three of one root, as must be done after a truncation before anything else is appended.</summary>
    public void Checkpoint(LogDirectory directory) => _open.Checkpoint(directory);

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
    public bool Fail(LogDirectory directory, Exception cause) => _open.Fail(directory, cause);

    /// <summary>
    /// Closes all logs, writes their checkpoints, and last of all says in each root that it was closed cleanly, unless its disk fails on
    /// the way. Gives the locks back.
    /// </summary>
    /// <param name="brokerEpoch">The broker's epoch, or -1.</param>
    public void Close(long brokerEpoch)
    {
        lock (_open.Changing)
        {
            Parallel.ForEach(
                Directories.Online.ToArray(),
                new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Directories.All.Count) },
                directory => _open.Guard(directory, () => DirectoryLogs.Close(_options, directory, _open.In(directory), brokerEpoch)));
        }

        Dispose();
    }

    /// <summary>Lets go of everything without another write, as a process does that dies.</summary>
    public void Dispose() => _open.Dispose();

    private void OpenAll()
    {
        var loaders = Directories.Online.ToDictionary(directory => directory, directory => new DirectoryLoader(_options, directory));
        foreach (var (directory, loader) in loaders)
        {
            _open.Guard(directory, loader.Find);
        }

        foreach (var loader in loaders.Values.Where(loader => loader.Directory.IsOnline))
        {
            _open.Guard(loader.Directory, () => _unfinishedMoves.Settle(loader));
        }

        Parallel.ForEach(
            loaders.Where(each => each.Key.IsOnline).ToArray(),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, loaders.Count) },
            each => _open.Guard(each.Key, () =>
            {
                foreach (var hosted in each.Value.Open())
                {
                    _open.Logs[hosted.Partition] = hosted;
                }
            }));
        foreach (var (directory, loader) in loaders)
        {
            loader.Deleted.ForEach(path => _open.Deletions.Add(new DirectoryDeletion(directory, path, Log: null), _open.Now));
            if (loader.KnowsOffsetsOfOthers || _unfinishedMoves.ToBeginAnew.ContainsValue(directory))
            {
                // A log that is gone, or a copy that is given up, must leave no offsets behind for a log of its name.
                Checkpoint(directory);
            }
        }

        if (!Directories.IsAnyOnline)
        {
            throw new LogDirectoryException(
                $"None of the log directories can be used: {string.Join("; ", Directories.All.Select(each => $"'{each.Path}': {each.OfflineCause!.Message}"))}");
        }
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
        return _open.Guard(hosted.Directory, () =>
        {
            PartitionMetadata.Write(Files, hosted.Log.Directory, topicId);
            _open.Logs[hosted.Partition] = adopted;
        })
            ? adopted
            : null;
    }

    private void EachOnline(Action<LogDirectory, HostedLog[]> write)
    {
        lock (_open.Changing)
        {
            foreach (var directory in Directories.Online.ToArray())
            {
                _open.Guard(directory, () => write(directory, _open.In(directory)));
            }
        }
    }
}
