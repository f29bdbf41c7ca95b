using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Coordinators;
using Spate.Broker.Handlers.Groups;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Coordination;
using Spate.Coordination.Shares.State;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

/// <summary>
/// Groups on this node: a coordinator whose shards come and go with the partitions of the topic that keeps their state, and the handlers
/// that ask it. Everything it starts it also awaits when it is disposed.
/// </summary>
internal sealed class GroupService : IAsyncDisposable
{
    /// <summary>Bytes of a log that are read at a time when it is loaded.</summary>
    private const int ReadBytes = 1 << 20;

    private readonly ILogger _logger;
    private readonly GroupCoordinator _coordinator;
    private readonly CoordinatorPartitions _partitions;
    private readonly ApplicationTopics _applicationTopics;

    public GroupService(
        BrokerSettings settings, BrokerEnvironment environment, Controller controller, PartitionHost host, PartitionTable partitions, IShareStates shareStates, GroupMetrics metrics)
    {
        _logger = environment.Logging.CreateLogger<GroupService>();
        _coordinator = new GroupCoordinator(
            Options(settings, controller.Image),
            environment.Clock,
            environment.NewRandom(),
            environment.Logging.CreateLogger<GroupCoordinator>(),
            topics: new ImageTopics(controller),
            settings: new ConfiguredGroups(controller, settings),
            shares: new ShareSurroundings(shareStates, new LocalPartitionEnds(partitions)));
        _partitions = new CoordinatorPartitions(
            TopicName.ConsumerOffsets, _coordinator.LoadAsync, _coordinator.UnloadAsync, metrics.Loaded, ReadBytes, environment.Clock, _logger);
        Topic = new InternalTopic(
            InternalTopic.Wanted(TopicName.ConsumerOffsets, settings.Values.Get(BrokerKeys.OffsetsTopicPartitions), settings.Values.Get(BrokerKeys.OffsetsTopicSegmentBytes)),
            controller,
            _partitions.WhenIdle,
            environment.Logging.CreateLogger<InternalTopic>());
        _applicationTopics = new ApplicationTopics(controller, environment.Logging.CreateLogger<ApplicationTopics>());
        metrics.Publish(_coordinator);
        host.Opened += _partitions.Opened;
        host.Closing += _partitions.Closing;
        host.TopicsDeleted = ForgetAsync;
    }

    public GroupCoordinator Coordinator => _coordinator;

    /// <summary>The topic that keeps the state of groups.</summary>
    public InternalTopic Topic { get; }

    public IEnumerable<IRequestHandler> Handlers(ClusterView cluster) =>
    [
        new JoinGroupHandler(_coordinator),
        new SyncGroupHandler(_coordinator),
        new HeartbeatHandler(_coordinator),
        new LeaveGroupHandler(_coordinator),
        new ConsumerGroupHeartbeatHandler(_coordinator, cluster),
        new ConsumerGroupDescribeHandler(_coordinator),
        new ShareGroupHeartbeatHandler(_coordinator.ShareGroups, cluster),
        new ShareGroupDescribeHandler(_coordinator.ShareGroups, cluster),
        new DescribeShareGroupOffsetsHandler(_coordinator.ShareGroups, cluster),
        new AlterShareGroupOffsetsHandler(_coordinator.ShareGroups, cluster),
        new DeleteShareGroupOffsetsHandler(_coordinator.ShareGroups, cluster),
        new StreamsGroupHeartbeatHandler(_coordinator, cluster, _applicationTopics),
        new StreamsGroupDescribeHandler(_coordinator),
        new OffsetCommitHandler(_coordinator, cluster),
        new OffsetFetchHandler(_coordinator, cluster),
        new OffsetDeleteHandler(_coordinator, cluster),
        new ListGroupsHandler(_coordinator),
        new DescribeGroupsHandler(_coordinator),
        new DeleteGroupsHandler(_coordinator),
    ];

    /// <inheritdoc cref="GroupCoordinator.ExpireMembersAsync"/>
    public ValueTask<ErrorCode> ExpireMembersAsync(string groupId, string? memberId) => _coordinator.ExpireMembersAsync(groupId, memberId);

    /// <summary>Answers for no group any more; whoever waits is told so. Called again, it does the same for partitions that were opened since.</summary>
    public async ValueTask DisposeAsync()
    {
        await _coordinator.ShareGroups.StopAsync();
        await _partitions.DisposeAsync();
    }

    private static GroupCoordinatorOptions Options(BrokerSettings settings, ClusterImage image) => new()
    {
        // Groups are spread by the number of partitions, so the topic that is there has the last word on it.
        PartitionCount = image.TryGetTopic(TopicName.ConsumerOffsets, out var topic)
            ? topic.Partitions.Length
            : settings.Values.Get(BrokerKeys.OffsetsTopicPartitions),
        MinSessionTimeoutMs = settings.Values.Get(BrokerKeys.GroupMinSessionTimeoutMs),
        MaxSessionTimeoutMs = settings.Values.Get(BrokerKeys.GroupMaxSessionTimeoutMs),
        MaxSize = settings.Values.Get(BrokerKeys.GroupMaxSize),
        InitialRebalanceDelay = TimeSpan.FromMilliseconds(settings.Values.Get(BrokerKeys.GroupInitialRebalanceDelayMs)),
        OffsetMetadataMaxLength = settings.Values.Get(BrokerKeys.OffsetMetadataMaxBytes),
        OffsetsRetention = TimeSpan.FromMinutes(settings.Values.Get(BrokerKeys.OffsetsRetentionMinutes)),
        OffsetsRetentionCheckInterval = TimeSpan.FromMilliseconds(Math.Min(int.MaxValue, settings.Values.Get(BrokerKeys.OffsetsRetentionCheckIntervalMs))),
        Consumer = new ConsumerGroupOptions
        {
            IsEnabled = settings.Values.Get(NewerGroupKeys.RebalanceProtocols).Contains("consumer", StringComparer.Ordinal),
            MaxSize = settings.Values.Get(NewerGroupKeys.ConsumerMaxSize),
            Assignors = settings.Values.Get(NewerGroupKeys.ConsumerAssignors),
            MigrationPolicy = Enum.Parse<ConsumerMigrationPolicy>(settings.Values.Get(NewerGroupKeys.ConsumerMigrationPolicy), ignoreCase: true),
        },
        Share = new ShareGroupOptions
        {
            MaxSize = settings.Values.Get(NewerGroupKeys.ShareMaxSize),
            Assignors = settings.Values.Get(NewerGroupKeys.ShareAssignors),
        },
        Streams = new StreamsGroupOptions
        {
            IsEnabled = settings.Values.Get(NewerGroupKeys.RebalanceProtocols).Contains("streams", StringComparer.Ordinal),
            MaxSize = settings.Values.Get(NewerGroupKeys.StreamsMaxSize),
        },
    };

    private async Task ForgetAsync(IReadOnlyList<TopicImage> topics)
    {
        var error = await _coordinator.ForgetTopicsAsync([.. topics.Select(topic => topic.Name)]);
        if (error != ErrorCode.None)
        {
            _logger.OffsetsNotForgotten(string.Join(", ", topics.Select(topic => topic.Name)), error);
        }
    }
}
