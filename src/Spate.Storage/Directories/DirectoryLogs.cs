using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>How a log of a root begins, and how all logs of a root end.</summary>
internal static class DirectoryLogs
{
    /// <summary>Makes a log. The topic's id is on the disk before the log can hold a record.</summary>
    /// <param name="options">What the store was opened with.</param>
    /// <param name="directory">The root.</param>
    /// <param name="name">The name of the log's directory in it.</param>
    /// <param name="log">Whose log it is, and how it is to be.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static HostedLog Create(LogStoreOptions options, LogDirectory directory, string name, NewLog log)
    {
        var path = Path.Combine(directory.Path, name);
        var isNew = CreateDirectory(options.Files.FileSystem, path);
        options.Files.FileSystem.FlushDirectory(directory.Path);
        return Fill(options, directory, path, isNew, log, options.Random.Next());
    }

    /// <summary>Makes many logs: their directories first, made durable all together, and then what is in them, by several threads.</summary>
    /// <exception cref="IOException">The disk failed. None of the logs is open then; their directories may be there.</exception>
    /// <exception cref="AggregateException">The same, told by several threads.</exception>
    public static HostedLog[] CreateAll(LogStoreOptions options, LogDirectory directory, IReadOnlyList<NewLog> logs)
    {
        var files = options.Files.FileSystem;
        var directories = logs
            .Select(log => Path.Combine(directory.Path, PartitionDirectoryName.Current(log.Partition)))
            .Select(path => (Path: path, IsNew: CreateDirectory(files, path), Seed: options.Random.Next()))
            .ToArray();
        files.FlushDirectory(directory.Path);
        var made = new HostedLog?[logs.Count];
        var next = -1;
        try
        {
            // Threads of their own: the pool has few at first, and would wait long before it believes that they are all stuck.
            Task.WaitAll(Enumerable.Range(0, Math.Min(options.LogsMadeAtOnce, logs.Count))
                .Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
                .ToArray());
        }
        catch
        {
            foreach (var hosted in made)
            {
                hosted?.Log.Dispose();
            }

            throw;
        }

        return [.. made.Select(hosted => hosted!)];

        void Work()
        {
            try
            {
                for (var index = Interlocked.Increment(ref next); index < logs.Count; index = Interlocked.Increment(ref next))
                {
                    var (path, isNew, seed) = directories[index];
                    made[index] = Fill(options, directory, path, isNew, logs[index], seed);
                }
            }
            catch
            {
                // The others end after what they are at.
                Interlocked.Add(ref next, logs.Count);
                throw;
            }
        }
    }

    /// <summary>Closes all logs of a root, several at a time, and says so in the root when every one of them is on the disk.</summary>
    /// <exception cref="IOException">The disk failed, or had failed before.</exception>
    /// <exception cref="AggregateException">A log could not be closed.</exception>
    public static void Close(LogStoreOptions options, LogDirectory directory, HostedLog[] logs, long brokerEpoch)
    {
        Parallel.ForEach(logs, new ParallelOptions { MaxDegreeOfParallelism = options.RecoveryThreadsPerDirectory }, hosted =>
        {
            if (hosted.Log.IsFailed)
            {
                throw new IOException($"The log in '{hosted.Log.Directory}' has failed before.");
            }

            hosted.Log.Close();
        });
        DirectoryCheckpoints.WriteAll(directory, logs);
        directory.MarkCleanShutdown(brokerEpoch);
    }

    /// <returns>Whether it was not there before.</returns>
    private static bool CreateDirectory(IFileSystem files, string path)
    {
        var isNew = !files.DirectoryExists(path);
        files.CreateDirectory(path);
        return isNew;
    }

    private static HostedLog Fill(LogStoreOptions options, LogDirectory directory, string path, bool isNew, NewLog log, int seed)
    {
        var files = options.Files.FileSystem;
        if (!log.TopicId.IsZero && isNew)
        {
            // The log has no segment yet, and to open it flushes the directory after it has made the first.
            PartitionMetadata.Put(files, path, log.TopicId);
        }
        else if (!log.TopicId.IsZero)
        {
            PartitionMetadata.Write(files, path, log.TopicId);
        }

        var opened = PartitionLog.Open(new LogOptions
        {
            Directory = path,
            Files = options.Files,
            Config = log.Config,
            Time = options.Time,
            Random = new Random(seed),
            OnFlushed = options.OnFlushed,
            FlushScheduler = options.FlushScheduler,
            Logger = options.Logger,
        });
        return new HostedLog(log.Partition, opened, directory, log.TopicId);
    }
}
