using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Coordinators;
using Spate.Broker.Groups;
using Spate.Broker.Handlers.Transactions;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;

namespace Spate.Broker.Transactions;

/// <summary>
/// Transactions on this node: a coordinator whose shards come and go with the partitions of the topic that keeps their state, the markers that it
/// has written, and the handlers that ask it. Everything it starts it also awaits when it is disposed.
/// </summary>
internal sealed class TransactionService : IAsyncDisposable
{
    private readonly CoordinatorPartitions _partitions;
    private readonly LocalMarkers _markers;

    public TransactionService(
        BrokerSettings settings,
        BrokerEnvironment environment,
        Controller controller,
        PartitionHost host,
        PartitionTable partitions,
        GroupService groups,
        ProducerIdBlocks producerIds,
        TransactionMetrics metrics)
    {
        _markers = new LocalMarkers(partitions, groups.Coordinator, controller, environment.Clock);
        Coordinator = new TransactionCoordinator(
            Options(settings, controller), _markers, producerIds.NextAsync, environment.Clock, environment.Logging.CreateLogger<TransactionCoordinator>());
        _partitions = new CoordinatorPartitions(
            TopicName.TransactionState,
            Coordinator.LoadAsync,
            Coordinator.UnloadAsync,
            metrics.Loaded,
            settings.Values.Get(TransactionKeys.LoadBufferSize),
            environment.Clock,
            environment.Logging.CreateLogger<TransactionService>());
        Topic = new InternalTopic(
            InternalTopic.Wanted(TopicName.TransactionState, settings.Values.Get(TransactionKeys.Partitions), settings.Values.Get(TransactionKeys.SegmentBytes)),
            controller,
            _partitions.WhenIdle,
            environment.Logging.CreateLogger<InternalTopic>());
        Admission = new TransactionAdmission(Coordinator, settings, metrics);
        metrics.Publish(Coordinator);
        host.Opened += _partitions.Opened;
        host.Closing += _partitions.Closing;
    }

    public TransactionCoordinator Coordinator { get; }

    /// <summary>The topic that keeps the state of transactions.</summary>
    public InternalTopic Topic { get; }

    /// <summary>Lets records of transactions into partitions.</summary>
    public TransactionAdmission Admission { get; }

    public IEnumerable<IRequestHandler> Handlers(ClusterView cluster, PartitionTable partitions, GroupService groups) =>
    [
        new AddPartitionsToTxnHandler(Coordinator, cluster),
        new AddOffsetsToTxnHandler(Coordinator, groups.Coordinator, groups.Topic),
        new EndTxnHandler(Coordinator),
        new WriteTxnMarkersHandler(_markers),
        new TxnOffsetCommitHandler(Admission, groups.Coordinator, partitions, cluster),
        new DescribeTransactionsHandler(Coordinator),
        new ListTransactionsHandler(Coordinator),
    ];

    /// <summary>Answers for no transaction any more; whoever waits is told so. What is decided and not told to all partitions is told after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _partitions.DisposeAsync();
        await Coordinator.StopMarkersAsync();
    }

    private static TransactionCoordinatorOptions Options(BrokerSettings settings, Controller controller) => new()
    {
        // Transactional ids are spread by the number of partitions, so the topic that is there has the last word on it.
        PartitionCount = controller.Image.TryGetTopic(TopicName.TransactionState, out var topic)
            ? topic.Partitions.Length
            : settings.Values.Get(TransactionKeys.Partitions),
        MaxTimeoutMs = settings.Values.Get(TransactionKeys.MaxTimeoutMs),
        TimeoutCheckInterval = TimeSpan.FromMilliseconds(settings.Values.Get(TransactionKeys.TimeoutCheckIntervalMs)),
        Expiration = TimeSpan.FromMilliseconds(settings.Values.Get(TransactionKeys.IdExpirationMs)),
        ExpiryCheckInterval = TimeSpan.FromMilliseconds(settings.Values.Get(TransactionKeys.ExpiryCheckIntervalMs)),
        FeatureLevel = () => controller.Image.Features.LevelOf(Features.TransactionVersion),
    };
}
