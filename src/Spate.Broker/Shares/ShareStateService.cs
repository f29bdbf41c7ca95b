using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Coordinators;
using Spate.Broker.Handlers.Shares;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Compression;
using Spate.Storage.Directories;

namespace Spate.Broker.Shares;

/// <summary>
/// What became of the records of share groups, as far as this node keeps it: a keeper whose shards come and go with the partitions of __share_group_state, and the
/// handlers that ask it. Everything it starts it also awaits when it is disposed.
/// </summary>
internal sealed class ShareStateService : IAsyncDisposable
{
    private readonly CoordinatorPartitions _partitions;
    private readonly ShareStateKeeper _keeper;
    private readonly ShareStatePruning _pruning;
    private readonly TimeSpan _pruneInterval;

    public ShareStateService(
        BrokerSettings settings, BrokerEnvironment environment, Controller controller, PartitionHost host, PartitionTable table, LogStore logs, ShareStateMetrics metrics)
    {
        _keeper = new ShareStateKeeper(
            Options(settings, controller.Image), new ImageShareTopics(controller), environment.Clock, environment.Logging.CreateLogger<ShareStateKeeper>());
        _partitions = new CoordinatorPartitions(
            TopicName.ShareGroupState,
            _keeper.LoadAsync,
            _keeper.UnloadAsync,
            metrics.Loaded,
            settings.Values.Get(ShareKeys.LoadBufferSize),
            environment.Clock,
            environment.Logging.CreateLogger<ShareStateService>(),
            (CompressionCodec)settings.Values.Get(ShareKeys.StateCompressionCodec));
        Topic = new InternalTopic(
            InternalTopic.Wanted(
                TopicName.ShareGroupState, settings.Values.Get(ShareKeys.StatePartitions), settings.Values.Get(ShareKeys.StateSegmentBytes), isCompacted: false),
            controller,
            _partitions.WhenIdle,
            environment.Logging.CreateLogger<InternalTopic>());
        States = new LocalShareStates(_keeper, Topic, _partitions.WhenIdle, metrics, key => Changed?.Invoke(key));
        _pruneInterval = TimeSpan.FromMilliseconds(settings.Values.Get(ShareKeys.PruneIntervalMs));
        _pruning = new ShareStatePruning(_keeper, table, logs, environment.Clock, metrics, environment.Logging.CreateLogger<ShareStatePruning>());
        metrics.Publish(_keeper);
        host.Opened += _partitions.Opened;
        host.Closing += _partitions.Closing;
    }

    /// <summary>Where share groups and leaders of partitions on this node keep what became of records.</summary>
    public IShareStates States { get; }

    /// <summary>Told of a share partition that has been begun anew or deleted: whoever knows what was kept of it before knows nothing any more.</summary>
    public Action<SharePartitionKey>? Changed { get; set; }

    /// <summary>The topic that keeps what became of records.</summary>
    public InternalTopic Topic { get; }

    public IEnumerable<IRequestHandler> Handlers() =>
    [
        new InitializeShareGroupStateHandler(_keeper),
        new ReadShareGroupStateHandler(_keeper),
        new WriteShareGroupStateHandler(_keeper),
        new DeleteShareGroupStateHandler(_keeper),
        new ReadShareGroupStateSummaryHandler(_keeper),
    ];

    /// <summary>Begins to delete what is superseded.</summary>
    public void Start() => _pruning.Start(_pruneInterval);

    /// <summary>Keeps nothing any more; whoever waits is told so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pruning.DisposeAsync();
        await _partitions.DisposeAsync();
    }

    private static ShareStateOptions Options(BrokerSettings settings, ClusterImage image) => new()
    {
        // Share partitions are spread by the number of partitions, so the topic that is there has the last word on it.
        PartitionCount = image.TryGetTopic(TopicName.ShareGroupState, out var topic) ? topic.Partitions.Length : settings.Values.Get(ShareKeys.StatePartitions),
        UpdatesPerSnapshot = settings.Values.Get(ShareKeys.UpdatesPerSnapshot),
        ColdInterval = TimeSpan.FromMilliseconds(settings.Values.Get(ShareKeys.ColdIntervalMs)),
        Shard = new ShardOptions { AppendTimeout = TimeSpan.FromMilliseconds(settings.Values.Get(ShareKeys.WriteTimeoutMs)) },
    };
}
