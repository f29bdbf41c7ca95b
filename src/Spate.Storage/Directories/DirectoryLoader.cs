using Spate.Protocol;
using Spate.Storage.Checkpoints;

namespace Spate.Storage.Directories;

/// <summary>
/// Opens the logs of one root. What a checkpoint does not say is found again at the price of time: without a recovery point a log is
/// read from its beginning.
/// </summary>
internal sealed class DirectoryLoader(LogStoreOptions options, LogDirectory directory)
{
    private readonly List<(PartitionDirectory Directory, int Seed)> _current = [];

    /// <summary>Directories that were deleted before the last stop and are still there.</summary>
    public List<string> Deleted { get; } = [];

    /// <summary>Logs that were being filled when the broker stopped.</summary>
    public List<PartitionDirectory> Futures { get; } = [];

    public LogDirectory Directory => directory;

    /// <summary>
    /// Whether the checkpoints, once <see cref="Open"/> has read them, know partitions that are not there: a log that got another name before
    /// the last stop, which came before they were written anew. A log made under the old name must not find them after a crash.
    /// </summary>
    public bool KnowsOffsetsOfOthers { get; private set; }

    /// <summary>Finds what there is and says so to the <see cref="LogDirectories"/>; nothing is opened.</summary>
    /// <exception cref="LogDirectoryException">A partition lies in two roots.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Find()
    {
        var strangers = new List<string>();
        foreach (var found in directory.ListPartitions(strangers))
        {
            if (options.ForeignTopics.Contains(found.Name.Partition.Topic))
            {
                continue;
            }

            switch (found.Name.Role)
            {
                case PartitionDirectoryRole.Current:
                    if (!IsOfAnotherTopic(found))
                    {
                        Take(found);
                    }

                    break;
                case PartitionDirectoryRole.Future:
                    Futures.Add(found);
                    break;
                case PartitionDirectoryRole.Deleted:
                    Deleted.Add(found.Path);
                    break;
                default:
                    strangers.Add(found.Path);
                    break;
            }
        }

        foreach (var stranger in strangers)
        {
            DirectoryMessages.Stranger(options.Logger, stranger);
        }
    }

    /// <summary>Takes a directory for the log of its partition.</summary>
    /// <exception cref="LogDirectoryException">The partition lies in another root as well.</exception>
    public void Take(PartitionDirectory found)
    {
        options.Directories.Register(found.Name.Partition, directory);
        _current.Add((found, options.Random.Next()));
    }

    /// <summary>Opens all logs, several at a time. When one of them fails the others that are open are let go of.</summary>
    /// <exception cref="AggregateException">The disk failed, or a file is none of a log.</exception>
    public HostedLog[] Open()
    {
        var stop = directory.TakeCleanShutdown();
        if (stop is null && _current.Count > 0)
        {
            DirectoryMessages.Recovers(options.Logger, directory.Path, _current.Count);
        }

        options.Opening.Find(_current.Count);
        var recoveryPoints = Read(directory.RecoveryPoints);
        var logStartOffsets = Read(directory.LogStartOffsets);
        var highWatermarks = Read(directory.HighWatermarks);
        var here = _current.Select(each => each.Directory.Name.Partition).ToHashSet();
        KnowsOffsetsOfOthers = recoveryPoints.Keys.Concat(logStartOffsets.Keys).Concat(highWatermarks.Keys).Any(partition => !here.Contains(partition));
        var opened = new HostedLog?[_current.Count];
        try
        {
            Parallel.For(0, opened.Length, new ParallelOptions { MaxDegreeOfParallelism = options.RecoveryThreadsPerDirectory }, index =>
            {
                var (found, seed) = _current[index];
                var partition = found.Name.Partition;
                options.Opening.Begin(partition);
                var log = PartitionLog.Open(new LogOptions
                {
                    Directory = found.Path,
                    Files = options.Files,
                    Config = options.ConfigOf(partition),
                    LogStartOffset = logStartOffsets.GetValueOrDefault(partition),
                    RecoveryPoint = recoveryPoints.GetValueOrDefault(partition),
                    StoppedCleanly = stop is not null,
                    Time = options.Time,
                    Random = new Random(seed),
                    OnFlushed = options.OnFlushed,
                    FlushScheduler = options.FlushScheduler,
                    Logger = options.Logger,
                });
                log.UpdateHighWatermark(highWatermarks.GetValueOrDefault(partition));
                opened[index] = new HostedLog(partition, log, directory, ReadTopicId(found.Path));
                options.Opening.End(partition);
            });
        }
        catch
        {
            foreach (var hosted in opened)
            {
                hosted?.Log.Dispose();
            }

            throw;
        }

        return [.. opened.Select(hosted => hosted!)];
    }

    /// <summary>
    /// Whether a log is known to be of a topic that is gone, though there is one of its name: its root was away when that was made. It is kept under
    /// the name of a stray.
    /// </summary>
    private bool IsOfAnotherTopic(PartitionDirectory found)
    {
        if (options.TopicIdOf(found.Name.Partition) is not { } decided || ReadTopicId(found.Path) is var topicId && (topicId.IsZero || topicId == decided))
        {
            return false;
        }

        var stray = System.IO.Path.Combine(
            directory.Path, PartitionDirectoryName.Create(found.Name.Partition, PartitionDirectoryRole.Stray, Uuid.NewRandom(options.Random)));
        options.Files.FileSystem.MoveDirectory(found.Path, stray);
        options.Files.FileSystem.FlushDirectory(directory.Path);
        DirectoryMessages.OfAnotherTopic(options.Logger, found.Name.Partition, topicId, decided, stray);
        return true;
    }

    private IReadOnlyDictionary<TopicPartition, long> Read(OffsetCheckpoint checkpoint)
    {
        var read = checkpoint.Read();
        if (read.Fault is not null)
        {
            DirectoryMessages.Fault(options.Logger, read.Fault);
        }

        return read.Content;
    }

    private Uuid ReadTopicId(string path)
    {
        var read = PartitionMetadata.Read(options.Files.FileSystem, path);
        if (read.Fault is not null)
        {
            DirectoryMessages.Fault(options.Logger, read.Fault);
        }

        return read.Content;
    }
}
