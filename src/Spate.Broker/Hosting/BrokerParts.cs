using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Groups;
using Spate.Broker.Logging;
using Spate.Broker.Partitions;
using Spate.Broker.Shares;
using Spate.Broker.Telemetry;
using Spate.Broker.Telemetry.Clients;
using Spate.Broker.Transactions;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Moves;

namespace Spate.Broker.Hosting;

/// <summary>
/// What a broker is made of behind its listeners, put together from the disk upwards: what was decided is loaded before logs are opened, and
/// logs before anything serves them. Nothing here runs on its own before <see cref="Start"/>.
/// </summary>
internal sealed class BrokerParts
{
    /// <summary>Logs that a line of a slow start names.</summary>
    private const int LogsNamedMax = 3;

    /// <param name="settings">What the operator has set.</param>
    /// <param name="environment">Disk, clock and chance; it logs to <paramref name="logging"/>.</param>
    /// <param name="logging">The loggers, whose levels clients may change.</param>
    /// <param name="metrics">Where figures are kept.</param>
    /// <param name="watch">Told what the start is at.</param>
    /// <param name="version">The version of the program, for the first line.</param>
    /// <exception cref="BrokerStartException">Something cannot be had; nothing is held then.</exception>
    public BrokerParts(BrokerSettings settings, BrokerEnvironment environment, LeveledLogging logging, BrokerMetrics metrics, StartWatch watch, string version)
    {
        Settings = settings;
        Metrics = metrics;
        Logging = logging;
        Environment = environment;
        Logger = Logging.CreateLogger<BrokerServer>();
        watch.At($"waiting for the disk of {string.Join(", ", settings.LogDirs)} to tell what is there");
        Storage = BrokerStorage.Open(settings, Environment, OnDirectoryFailure);
        try
        {
            Logger.Starting(version, settings.NodeId, Storage.ClusterId, string.Join(", ", settings.LogDirs));
            watch.At($"reading what was decided for the cluster from {Storage.MetadataLog.Directory}");
            var log = OpenDecisions();
            Snapshots = new SnapshotTaker(log, SnapshotSettings, Environment.Clock, Logger.SnapshotFailed);
            Controller = new Controller(log, ControllerSettings(), Environment.NewRandom(), Snapshots, metrics.Controller);
            LoadDecisions();
            Live = new LiveSettings(settings, Partitions, Storage, Logger);
            Live.Load(Controller.Image);
            var opening = new LogOpening();
            watch.At(() => OpeningStep(opening));
            Storage.OpenLogs(ConfigOf, TopicIdOf, metrics.Flushes.Flushed, opening);
            watch.At("taking partitions into service");
            Cleaner = new LogCleaner(CleanerOptions());
            Mover = new LogMover(MoverOptions());
            Host = new PartitionHost(Partitions, Storage.Logs, Cleaner, Mover, settings, metrics.Topics, Logger);
            ShareState = new ShareStateService(settings, Environment, Controller, Host, Partitions, Storage.Logs, metrics.ShareState);
            Groups = new GroupService(settings, Environment, Controller, Host, Partitions, ShareState.States, metrics.Groups);
            ProducerIds = new ProducerIdBlocks(Controller, settings.NodeId);
            Transactions = new TransactionService(settings, Environment, Controller, Host, Partitions, Groups, ProducerIds, metrics.Transactions);
            Shares = new ShareService(settings, Environment, Controller, Host, Partitions, ShareState, metrics.Shares);
            ClientTelemetry = new ClientTelemetry(TelemetryOptions());
            Host.Start(Controller.Image);
            Controller.ObeyWith(ObeyAsync);
            Cluster = new ClusterView(Storage.ClusterId, settings.NodeId, Controller);
            Maintenance = new LogMaintenance(Storage.Logs, Cleaner, settings, Environment);
        }
        catch
        {
            Controller?.Dispose();
            Storage.Dispose();
            throw;
        }
    }

    public BrokerSettings Settings { get; }

    public BrokerEnvironment Environment { get; }

    public LeveledLogging Logging { get; }

    public ILogger Logger { get; }

    public BrokerMetrics Metrics { get; }

    public BrokerStorage Storage { get; }

    public PartitionTable Partitions { get; } = new();

    public SnapshotTaker Snapshots { get; }

    public Controller Controller { get; }

    public LiveSettings Live { get; }

    public LogCleaner Cleaner { get; }

    public LogMover Mover { get; }

    public PartitionHost Host { get; }

    public ShareStateService ShareState { get; }

    public ShareService Shares { get; }

    public GroupService Groups { get; }

    public TransactionService Transactions { get; }

    public ClientTelemetry ClientTelemetry { get; }

    public ProducerIdBlocks ProducerIds { get; }

    public ClusterView Cluster { get; }

    public LogMaintenance Maintenance { get; }

    /// <summary>Begins the work that nobody asks for, and publishes the figures.</summary>
    public void Start(string version)
    {
        Maintenance.Start();
        ShareState.Start();
        LogMetrics.Publish(Metrics.Meter, Partitions, Storage.Logs);
        ReplicaMetrics.Publish(Metrics.Meter, Partitions);
        AppMetrics.Publish(Metrics.Meter, Settings.NodeId, version, Storage.ClusterId, Environment.Clock.GetUtcNow());
        Metrics.Controller.Publish(Controller, Partitions, Storage.MetadataLog, Settings.NodeId);
        Metrics.Cleaner.Publish(Cleaner, Storage.Logs);
        ClientTelemetryMetrics.Publish(Metrics.Meter, ClientTelemetry);
    }

    /// <summary>Ends all work. Called once nobody asks for anything any more.</summary>
    public async Task EndWorkAsync()
    {
        await Transactions.DisposeAsync();
        await Groups.DisposeAsync();
        await Shares.DisposeAsync();
        await ShareState.DisposeAsync();
        await Mover.DisposeAsync();
        await Maintenance.DisposeAsync();
        await Snapshots.DisposeAsync();
    }

    /// <summary>Lets go of everything, without another write. Called last.</summary>
    public void Release()
    {
        Controller.Dispose();
        ProducerIds.Dispose();
        Storage.Dispose();
    }

    private static string OpeningStep(LogOpening opening)
    {
        var underWay = opening.UnderWay;
        return opening.Found == 0 ? "waiting for the disk to list logs"
            : $"opening logs, and recovering those that were not closed: {opening.Opened} of {opening.Found} are open"
            + (underWay.Count == 0 ? "" : $", at {string.Join(", ", underWay.Take(LogsNamedMax))}{(underWay.Count > LogsNamedMax ? " and others" : "")} now");
    }

    private ValueTask ObeyAsync(ClusterDelta delta, CancellationToken cancellation)
    {
        Live.Obey(delta);
        return Host.ObeyAsync(delta, cancellation);
    }

    private MetadataLog OpenDecisions()
    {
        try
        {
            return new MetadataLog(Storage.MetadataLog, Environment.Files, Environment.Clock, failure => Storage.Logs.Fail(failure));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LogFailedException)
        {
            throw new BrokerStartException($"The log of decisions in '{Storage.MetadataLog.Directory}' cannot be opened: {failure.Message}", failure);
        }
    }

    private void LoadDecisions()
    {
        try
        {
            Controller.Load();
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            throw new BrokerStartException($"The log of decisions in '{Storage.MetadataLog.Directory}' cannot be read: {failure.Message}", failure);
        }
    }

    private SnapshotSettings SnapshotSettings() => new()
    {
        RecordBytesMax = Settings.Values.Get(MetadataKeys.SnapshotRecordBytesMax),
        Interval = TimeSpan.FromMilliseconds(Math.Min(Settings.Values.Get(MetadataKeys.SnapshotIntervalMs), int.MaxValue)),
    };

    private ControllerSettings ControllerSettings() => new()
    {
        Nodes = [Settings.NodeId],
        DefaultPartitions = Settings.Values.Get(BrokerKeys.NumPartitions),
        DefaultReplicationFactor = Settings.Values.Get(BrokerKeys.DefaultReplicationFactor),
        TopicConfigFault = BrokerSettings.TopicConfigFault,
        TopicConfigsFault = given => new TopicSettings(given, Settings.Values).Fault(),
    };

    private ClientTelemetryOptions TelemetryOptions() => new()
    {
        Configs = () => Controller.Image.Configs,
        BytesMax = () => Settings.Values.Get(MetricsKeys.TelemetryMaxBytes),
        Random = Environment.NewRandom(),
        OnFault = Logger.SubscriptionNotUnderstood,
    };

    private LogCleanerOptions CleanerOptions() => CompactionWork.Options(new()
    {
        Time = Environment.Clock,
        Logger = Environment.Logging.CreateLogger<LogCleaner>(),
        OnFailure = (directory, failure) => Storage.Logs.Fail(directory, failure),
        OnCleaned = Metrics.Cleaner.Cleaned,
    }, Settings.Values);

    private LogMoverOptions MoverOptions() => new()
    {
        Store = Storage.Logs,
        Cleaner = Cleaner,
        Time = Environment.Clock,
        Logger = Environment.Logging.CreateLogger<LogMover>(),
        Copies = Settings.Values.Get(BrokerKeys.NumReplicaAlterLogDirsThreads) ?? Settings.LogDirs.Count,
        MaxBytesPerSecond = () => Settings.Values.Get(BrokerKeys.ReplicaAlterLogDirsIoMaxBytesPerSecond),
        OnMoved = moved =>
        {
            moved.Log.Config = ConfigOf(moved.Partition);
            if (Partitions.Find(moved.Partition.Topic, moved.Partition.Partition, out var partition) == ErrorCode.None)
            {
                partition!.MoveTo(moved.Log);
            }
        },
        OnLost = partition => Host.Abandon([partition]),
    };

    private Uuid? TopicIdOf(TopicPartition partition) => Controller.Image.TryGetTopic(partition.Topic, out TopicImage? topic) ? topic.Id : null;

    private LogConfig ConfigOf(TopicPartition partition) => Controller.Image.TryGetTopic(partition.Topic, out TopicImage? topic)
        ? new TopicSettings(Controller.Image.ConfigOf(topic), Settings.Values).ToLogConfig()
        : new LogConfig();

    private void OnDirectoryFailure(LogDirectoryFailure failure)
    {
        // Before there is a host, the directory's logs are simply not found when partitions are opened.
        Host?.Abandon(failure.Partitions);
    }
}
