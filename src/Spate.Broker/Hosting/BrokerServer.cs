using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Groups;
using Spate.Broker.Handlers;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol;
using Spate.Storage;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Moves;

namespace Spate.Broker.Hosting;

/// <summary>
/// A broker: everything below it, put together. It is started once and stopped once; what runs in between answers clients on its own.
/// </summary>
public sealed class BrokerServer : IAsyncDisposable
{
    private readonly BrokerSettings _settings;
    private readonly BrokerEnvironment _environment;
    private readonly ILogger _logger;
    private readonly ListenerSet _listeners;
    private readonly PartitionTable _partitions = new();
    private readonly BrokerStorage _storage;
    private readonly SnapshotTaker _snapshots;
    private readonly Controller _controller;
    private readonly PartitionHost _host;
    private readonly LogMover _mover;
    private readonly GroupService _groups;
    private readonly ProducerIdBlocks _producerIds;
    private readonly ClusterView _cluster;
    private readonly LogMaintenance _maintenance;
    private readonly LogCleaner _cleaner;
    private readonly BrokerMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private bool _stopped;

    private BrokerServer(BrokerSettings settings, BrokerEnvironment environment, ListenerSet listeners, BrokerMetrics metrics)
    {
        _metrics = metrics;
        _settings = settings;
        _environment = environment;
        _listeners = listeners;
        _logger = environment.Logging.CreateLogger<BrokerServer>();
        _storage = BrokerStorage.Open(settings, environment, OnDirectoryFailure);
        try
        {
            _logger.Starting(Version, settings.NodeId, _storage.ClusterId, string.Join(", ", settings.LogDirs));
            var log = OpenDecisions();
            _snapshots = new SnapshotTaker(log, SnapshotSettings, environment.Clock, _logger.SnapshotFailed);
            _controller = new Controller(log, ControllerSettings(), environment.NewRandom(), _snapshots, _metrics.Controller);
            LoadDecisions();
            _storage.OpenLogs(ConfigOf, TopicIdOf, _metrics.Flushes.Flushed);
            _cleaner = new LogCleaner(CleanerOptions());
            _mover = new LogMover(MoverOptions(_cleaner));
            _host = new PartitionHost(_partitions, _storage.Logs, _cleaner, _mover, settings, _metrics.Topics, _logger);
            _groups = new GroupService(settings, environment, _controller, _host, _metrics.Groups);
            _host.Start(_controller.Image);
            _controller.ObeyWith(_host.ObeyAsync);
            _producerIds = new ProducerIdBlocks(_controller, settings.NodeId);
            _cluster = new ClusterView(_storage.ClusterId, settings.NodeId, _controller);
            _maintenance = new LogMaintenance(_storage.Logs, _cleaner, settings, environment);
        }
        catch
        {
            _controller?.Dispose();
            _storage.Dispose();
            throw;
        }
    }

    /// <summary>The addresses that clients reach, in the order of the settings.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _listeners.EndPoints;

    /// <summary>The partitions that are served, for tests that wait until something waits on one.</summary>
    internal PartitionTable Partitions => _partitions;

    /// <summary>The broker's figures.</summary>
    public BrokerMetrics Metrics => _metrics;

    /// <summary>The moves of logs between directories, for tests that wait for their end.</summary>
    internal LogMover Moves => _mover;

    private static string Version =>
        typeof(BrokerServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Starts a broker. When the task completes, clients are answered.</summary>
    /// <exception cref="BrokerStartException">It could not start; nothing runs, and nothing on disk was harmed.</exception>
    public static async Task<BrokerServer> StartAsync(BrokerSettings settings, BrokerEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        var began = environment.Clock.GetTimestamp();

        // Addresses first: a port that is taken shows before a disk is touched.
        var metrics = new BrokerMetrics(settings.NodeId, Version, environment.Clock);
        ListenerSet? listeners = null;
        try
        {
            listeners = await ListenerSet.BindAsync(settings, environment, metrics.Listeners);
            var broker = new BrokerServer(settings, environment, listeners, metrics);
            try
            {
                await broker.RegisterAsync();
                broker.Serve(environment.Clock.GetElapsedTime(began));
                await broker._mover.StartAsync();
                return broker;
            }
            catch
            {
                await broker.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (listeners is not null)
            {
                await listeners.DisposeAsync();
            }

            metrics.Dispose();
            throw;
        }
    }

    /// <summary>Stops answering, finishes what was accepted, closes the logs cleanly. The first call does it; others do nothing.</summary>
    /// <param name="gracePeriod">How long requests under way may take; then their connections are cut.</param>
    public async Task StopAsync(TimeSpan gracePeriod)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _logger.Stopping();
        try
        {
            var closing = _listeners.StopAsync(gracePeriod);

            // Nothing more is taken in. Whoever waits for records or for a group is answered now instead of at the end of the grace period.
            await _stopping.CancelAsync();
            await _groups.DisposeAsync();
            var cut = await closing;
            if (cut > 0)
            {
                _logger.ConnectionsCut(cut, gracePeriod.TotalSeconds);
            }

            // A request under way may have made the topic of groups meanwhile, and begun to load it.
            await _groups.DisposeAsync();
            await _mover.DisposeAsync();
            await _maintenance.DisposeAsync();
            await _snapshots.DisposeAsync();
            _storage.Close();
        }
        finally
        {
            await ReleaseAsync();
        }

        _logger.Stopped();
    }

    /// <summary>Ends without a grace period, and without marking the logs as closed cleanly, unless it was stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        try
        {
            await _stopping.CancelAsync();
            await _listeners.StopAsync(TimeSpan.Zero);
            await _groups.DisposeAsync();
            await _mover.DisposeAsync();
            await _maintenance.DisposeAsync();
            await _snapshots.DisposeAsync();
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async ValueTask ReleaseAsync()
    {
        // First, so that nobody reads figures off what is let go of.
        _metrics.Dispose();
        await _listeners.DisposeAsync();
        _controller.Dispose();
        _producerIds.Dispose();
        _storage.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Tells the cluster that this broker is there, where it listens and what it can do: the first decision of every start.</summary>
    private async Task RegisterAsync()
    {
        var addresses = _listeners.Advertised(_settings).ToList();
        _cluster.Advertise(addresses);
        var registration = new BrokerRegistration
        {
            NodeId = _settings.NodeId,
            IncarnationId = Uuid.NewRandom(_environment.NewRandom()),
            EndPoints = [.. addresses.Select(address => new BrokerEndPoint(address.Name, address.Host, (ushort)address.Port, SecurityProtocol: 0))],
            LogDirs = [.. _storage.Logs.Directories.All.Where(directory => directory.IsOnline).Select(directory => directory.Id)],
        };
        try
        {
            await _controller.DecideAsync(registration.Decide, CancellationToken.None);
        }
        catch (IOException failure)
        {
            throw new BrokerStartException($"The broker could not register itself in the log of decisions in '{_storage.MetadataLog.Directory}': {failure.Message}", failure);
        }
    }

    private void Serve(TimeSpan elapsed)
    {
        List<IRequestHandler> handlers =
        [
            new ProduceHandler(_partitions),
            new FetchHandler(_partitions, _cluster, _settings, _environment.Clock, _environment.NewRandom(), _stopping.Token),
            new ListOffsetsHandler(_partitions),
            new MetadataHandler(_cluster, _controller, _partitions, _settings),
            new CreateTopicsHandler(_controller, _settings),
            new InitProducerIdHandler(_producerIds),
            new DescribeClusterHandler(_cluster),
            new UpdateFeaturesHandler(_controller),
            new UnregisterBrokerHandler(_controller, _settings.NodeId),
            new DeleteTopicsHandler(_controller, _settings),
            new DeleteRecordsHandler(_partitions, _storage.Logs),
            new OffsetForLeaderEpochHandler(_partitions),
            new CreatePartitionsHandler(_controller, new PartitionCreation([_settings.NodeId], _environment.NewRandom())),
            new DescribeLogDirsHandler(_storage.Logs, _environment.Files),
            new AlterReplicaLogDirsHandler(_partitions, _storage.Logs, _mover),
            new ElectLeadersHandler(_controller, _cluster, _partitions),
            new DescribeProducersHandler(_partitions),
            new DescribeTopicPartitionsHandler(_cluster, _partitions, _settings),
            .. _groups.Handlers(_cluster),
        ];
        handlers.Add(new ApiVersionsHandler(handlers, () => _controller.Image));
        _maintenance.Start();
        PublishFigures();
        _listeners.Start(new RequestDispatcher(handlers, _metrics.Requests));
        _logger.Started((long)elapsed.TotalMilliseconds, _controller.Image.TopicsByName.Count, _partitions.All.Count());
    }

    private MetadataLog OpenDecisions()
    {
        try
        {
            return new MetadataLog(_storage.MetadataLog, _environment.Files, _environment.Clock, failure => _storage.Logs.Fail(failure));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LogFailedException)
        {
            throw new BrokerStartException($"The log of decisions in '{_storage.MetadataLog.Directory}' cannot be opened: {failure.Message}", failure);
        }
    }

    private void PublishFigures()
    {
        LogMetrics.Publish(_metrics.Meter, _partitions, _storage.Logs);
        ReplicaMetrics.Publish(_metrics.Meter, _partitions);
        AppMetrics.Publish(_metrics.Meter, _settings.NodeId, Version, _storage.ClusterId, _environment.Clock.GetUtcNow());
        _metrics.Controller.Publish(_controller, _partitions, _storage.MetadataLog, _settings.NodeId);
        _metrics.Cleaner.Publish(_cleaner, _storage.Logs);
    }

    private void LoadDecisions()
    {
        try
        {
            _controller.Load();
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            throw new BrokerStartException($"The log of decisions in '{_storage.MetadataLog.Directory}' cannot be read: {failure.Message}", failure);
        }
    }

    private static SnapshotSettings SnapshotSettings() => new();

    private ControllerSettings ControllerSettings() => new()
    {
        Nodes = [_settings.NodeId],
        DefaultPartitions = _settings.Values.Get(BrokerKeys.NumPartitions),
        DefaultReplicationFactor = _settings.Values.Get(BrokerKeys.DefaultReplicationFactor),
        TopicConfigFault = BrokerSettings.TopicConfigFault,
    };

    private LogCleanerOptions CleanerOptions() => new()
    {
        Threads = _settings.Values.Get(BrokerKeys.LogCleanerThreads),
        DedupeBufferSize = _settings.Values.Get(BrokerKeys.LogCleanerDedupeBufferSize),
        DedupeBufferLoadFactor = _settings.Values.Get(BrokerKeys.LogCleanerIoBufferLoadFactor),
        IoBufferSize = _settings.Values.Get(BrokerKeys.LogCleanerIoBufferSize),
        MaxBytesPerSecond = _settings.Values.Get(BrokerKeys.LogCleanerIoMaxBytesPerSecond),
        Backoff = TimeSpan.FromMilliseconds(Math.Min(int.MaxValue, _settings.Values.Get(BrokerKeys.LogCleanerBackoffMs))),
        Time = _environment.Clock,
        Logger = _environment.Logging.CreateLogger<LogCleaner>(),
        OnFailure = (directory, failure) => _storage.Logs.Fail(directory, failure),
        OnCleaned = _metrics.Cleaner.Cleaned,
    };

    private LogMoverOptions MoverOptions(LogCleaner cleaner) => new()
    {
        Store = _storage.Logs,
        Cleaner = cleaner,
        Time = _environment.Clock,
        Logger = _environment.Logging.CreateLogger<LogMover>(),
        Copies = _settings.Values.Get(BrokerKeys.NumReplicaAlterLogDirsThreads) ?? _settings.LogDirs.Count,
        MaxBytesPerSecond = () => _settings.Values.Get(BrokerKeys.ReplicaAlterLogDirsIoMaxBytesPerSecond),
        OnMoved = moved =>
        {
            if (_partitions.Find(moved.Partition.Topic, moved.Partition.Partition, out var partition) == Protocol.Errors.ErrorCode.None)
            {
                partition!.MoveTo(moved.Log);
            }
        },
        OnLost = partition => _host.Abandon([partition]),
    };

    private Uuid? TopicIdOf(TopicPartition partition) => _controller.Image.TryGetTopic(partition.Topic, out TopicImage? topic) ? topic.Id : null;

    private LogConfig ConfigOf(TopicPartition partition) => _controller.Image.TryGetTopic(partition.Topic, out TopicImage? topic)
        ? new TopicSettings(_controller.Image.ConfigOf(topic), _settings.Values).ToLogConfig()
        : new LogConfig();

    private void OnDirectoryFailure(LogDirectoryFailure failure)
    {
        // Before there is a host, the directory's logs are simply not found when partitions are opened.
        _host?.Abandon(failure.Partitions);
    }
}
