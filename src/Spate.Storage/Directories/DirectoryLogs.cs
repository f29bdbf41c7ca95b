using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>How a log of a root begins, and how all logs of a root end.</summary>
internal static class DirectoryLogs
{
    /// <summary>Makes a log. The topic's id is on the disk before the log can hold a record.</summary>
    /// <param name="options">What the store was opened with.</param>
    /// <param name="directory">The root.</param>
    /// <param name="name">The name of the log's directory in it.</param>
    /// <param name="partition">Whose log it is.</param>
    /// <param name="topicId">The topic's id, or zero.</param>
    /// <param name="config">The configuration.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static HostedLog Create(
        LogStoreOptions options, LogDirectory directory, string name, TopicPartition partition, Uuid topicId, LogConfig config)
    {
        var files = options.Files.FileSystem;
        var path = Path.Combine(directory.Path, name);
        files.CreateDirectory(path);
        files.FlushDirectory(directory.Path);
        if (!topicId.IsZero)
        {
            PartitionMetadata.Write(files, path, topicId);
        }

        var log = PartitionLog.Open(new LogOptions
        {
            Directory = path,
            Files = options.Files,
            Config = config,
            Time = options.Time,
            Random = new Random(options.Random.Next()),
            OnFlushed = options.OnFlushed,
            FlushScheduler = options.FlushScheduler,
            Logger = options.Logger,
        });
        return new HostedLog(partition, log, directory, topicId);
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
}
