using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Storage;
using Spate.Storage.Directories;
using Spate.Storage.Files;

namespace Spate.Broker.Hosting;

/// <summary>
/// What a broker has on its disks: its directories, the log of decisions, and, once that has been read, the logs of its partitions. Opened
/// and closed by one thread.
/// </summary>
internal sealed class BrokerStorage : IDisposable
{
    private static readonly TopicPartition MetadataPartition = new(TopicName.ClusterMetadata, 0);

    // Deciding is rare and must last: every decision is on the disk before it is answered.
    private static readonly LogConfig MetadataConfig = new()
    {
        SegmentMs = long.MaxValue,
        RetentionMs = -1,
        DeletesOldSegments = false,
        FlushMessages = 1,

        // Nobody reads what a snapshot has made needless.
        FileDeleteDelayMs = 0,
        Validation = new() { MaximumBatchSize = int.MaxValue },
    };

    private readonly BrokerSettings _settings;
    private readonly BrokerEnvironment _environment;
    private readonly LogDirectories _directories;
    private readonly FilePool _files;

    private BrokerStorage(BrokerSettings settings, BrokerEnvironment environment, LogDirectories directories, string clusterId)
    {
        _settings = settings;
        _environment = environment;
        _directories = directories;
        _files = new FilePool(environment.Files);
        ClusterId = clusterId;
        var directory = MetadataDirectory(directories, environment.Files, settings.MetadataLogDir);
        var stoppedCleanly = environment.Files.FileExists(Path.Combine(Path.GetDirectoryName(directory)!, CleanShutdown.FileName));
        MetadataLogCheck.Run(environment.Files, directory, stoppedCleanly);
        MetadataLog = PartitionLog.Open(new LogOptions
        {
            Directory = directory,
            StoppedCleanly = stoppedCleanly,
            Files = _files,
            Config = MetadataConfig,
            Time = environment.Clock,
            Random = environment.NewRandom(),
            Logger = environment.Logging.CreateLogger<PartitionLog>(),
        });
    }

    /// <summary>The id of the cluster that the directories belong to; a new one where they are new.</summary>
    public string ClusterId { get; }

    /// <summary>The log of decisions.</summary>
    public PartitionLog MetadataLog { get; }

    /// <summary>The logs of the partitions, after <see cref="OpenLogs"/>.</summary>
    public LogStore Logs { get; private set; } = null!;

    /// <summary>Takes the directories into use and opens the log of decisions.</summary>
    /// <exception cref="BrokerStartException">The directories cannot be used; the message says which and why.</exception>
    public static BrokerStorage Open(BrokerSettings settings, BrokerEnvironment environment, Action<LogDirectoryFailure> onFailure)
    {
        var random = environment.NewRandom();
        LogDirectories? directories = null;
        try
        {
            var clusterId = KnownClusterId(settings, environment.Files) ?? Uuid.NewRandom(random).ToString();
            directories = LogDirectories.Open(new LogDirectoriesOptions
            {
                Files = environment.Files,
                Paths = settings.LogDirs,
                ClusterId = clusterId,
                NodeId = settings.NodeId,
                Random = random,
                Logger = environment.Logging.CreateLogger<LogDirectories>(),
                OnFailure = onFailure,
            });
            return new BrokerStorage(settings, environment, directories, clusterId);
        }
        catch (Exception failure) when (failure is LogDirectoryException or LogFailedException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            directories?.Dispose();
            throw new BrokerStartException(failure.Message, failure);
        }
        catch
        {
            directories?.Dispose();
            throw;
        }
    }

    /// <summary>Opens the logs of all partitions, recovering those that were not closed.</summary>
    /// <param name="configOf">The settings of a partition's topic.</param>
    /// <param name="topicIdOf">The id of a partition's topic, null when there is none.</param>
    /// <param name="onFlushed">Told how long each flush of a log took.</param>
    /// <param name="opening">Told how far it has come.</param>
    /// <exception cref="BrokerStartException">No directory is left that can be used, or a partition lies in two.</exception>
    public void OpenLogs(Func<TopicPartition, LogConfig> configOf, Func<TopicPartition, Uuid?> topicIdOf, Action<TimeSpan> onFlushed, LogOpening opening)
    {
        try
        {
            Logs = LogStore.Open(new LogStoreOptions
            {
                Directories = _directories,
                Files = _files,
                ConfigOf = configOf,
                TopicIdOf = topicIdOf,
                Random = _environment.NewRandom(),
                Logger = _environment.Logging.CreateLogger<LogStore>(),
                Time = _environment.Clock,
                RecoveryThreadsPerDirectory = _settings.Values.Get(BrokerKeys.RecoveryThreadsPerDirectory),
                OnFlushed = onFlushed,
                Opening = opening,
                ForeignTopics = [TopicName.ClusterMetadata],
            });
        }
        catch (LogDirectoryException failure)
        {
            throw new BrokerStartException(failure.Message, failure);
        }
    }

    /// <summary>Closes everything so that the next start need not recover anything.</summary>
    public void Close()
    {
        try
        {
            MetadataLog.Close();
        }
        catch (LogFailedException failure)
        {
            // Its directory must not be taken for closed cleanly; the others are.
            Logs.Fail(failure);
        }

        Logs.Close(brokerEpoch: -1);
    }

    /// <summary>Lets go without another write.</summary>
    public void Dispose()
    {
        MetadataLog.Dispose();
        if (Logs is { } logs)
        {
            logs.Dispose();
        }
        else
        {
            _directories.Dispose();
        }
    }

    /// <summary>
    /// Where the log of decisions lies: where it is found, and in the directory that is preferred of a broker that has none yet. While a directory is
    /// offline it may be in there, and a broker that began another one would take every topic for unknown.
    /// </summary>
    private static string MetadataDirectory(LogDirectories directories, IFileSystem files, string preferred)
    {
        var places = directories.Online.Select(directory => Path.Combine(directory.Path, PartitionDirectoryName.Current(MetadataPartition))).ToList();
        var found = places.FindAll(files.DirectoryExists);
        if (found.Count > 1)
        {
            throw new BrokerStartException($"The log of decisions lies in '{found[0]}' and in '{found[1]}'; one of them must be moved away.");
        }

        if (found.Count == 0 && directories.All.FirstOrDefault(directory => !directory.IsOnline) is { } offline)
        {
            throw new BrokerStartException(
                $"The log of decisions is in none of the directories that can be used; it may be in '{offline.Path}', which cannot: {offline.OfflineCause!.Message}",
                offline.OfflineCause);
        }

        return found.Count == 1 ? found[0] : places.Find(place => Path.GetDirectoryName(place) == preferred) ?? places[0];
    }

    /// <summary>The cluster that the first directory with an owner belongs to; the others are held against it when they are opened.</summary>
    private static string? KnownClusterId(BrokerSettings settings, IFileSystem files)
    {
        foreach (var path in settings.LogDirs)
        {
            try
            {
                if (DirectoryIdentity.Read(files, path)?.ClusterId is { } known)
                {
                    return known;
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A directory whose disk fails says so when it is opened, and the others go on.
            }
        }

        return null;
    }
}
