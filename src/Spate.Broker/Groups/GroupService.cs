using Microsoft.Extensions.Logging;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Handlers;
using Spate.Broker.Handlers.Groups;
using Spate.Broker.Hosting;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Telemetry;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Groups;

/// <summary>
/// Groups on this node: a coordinator whose shards come and go with the partitions of the topic that keeps their state, and the handlers
/// that ask it. Everything it starts it also awaits when it is disposed.
/// </summary>
internal sealed class GroupService : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly GroupCoordinator _coordinator;
    private readonly GroupTopic _topic;
    private readonly GroupMetrics _metrics;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _leading = [];
    private readonly HashSet<Task> _running = [];

    public GroupService(BrokerSettings settings, BrokerEnvironment environment, Controller controller, PartitionHost host, GroupMetrics metrics)
    {
        _metrics = metrics;
        _clock = environment.Clock;
        _logger = environment.Logging.CreateLogger<GroupService>();
        _topic = new GroupTopic(controller, settings, WhenIdle, environment.Logging.CreateLogger<GroupTopic>());
        _coordinator = new GroupCoordinator(
            Options(settings, controller.Image),
            environment.Clock,
            environment.NewRandom(),
            environment.Logging.CreateLogger<GroupCoordinator>(),
            topics: new ImageTopics(controller),
            settings: new ConfiguredGroups(controller, settings));
        metrics.Publish(_coordinator);
        host.Opened = OnOpened;
        host.Closing = OnClosing;
        host.TopicsDeleted = ForgetAsync;
    }

    public IEnumerable<IRequestHandler> Handlers(ClusterView cluster) =>
    [
        new FindCoordinatorHandler(cluster, _topic),
        new JoinGroupHandler(_coordinator),
        new SyncGroupHandler(_coordinator),
        new HeartbeatHandler(_coordinator),
        new LeaveGroupHandler(_coordinator),
        new ConsumerGroupHeartbeatHandler(_coordinator, cluster),
        new ConsumerGroupDescribeHandler(_coordinator),
        new OffsetCommitHandler(_coordinator, cluster),
        new OffsetFetchHandler(_coordinator, cluster),
        new OffsetDeleteHandler(_coordinator),
        new ListGroupsHandler(_coordinator),
        new DescribeGroupsHandler(_coordinator),
        new DeleteGroupsHandler(_coordinator),
    ];

    /// <summary>Answers for no group any more; whoever waits is told so. Called again, it does the same for partitions that were opened since.</summary>
    public async ValueTask DisposeAsync()
    {
        List<(int Partition, int LeaderEpoch)> leading;
        lock (_lock)
        {
            leading = [.. _leading.Select(pair => (pair.Key, pair.Value))];
            _leading.Clear();
        }

        await Task.WhenAll(leading.Select(each => _coordinator.UnloadAsync(each.Partition, each.LeaderEpoch)));
        await WhenIdle();
    }

    /// <summary>Completes when everything that was begun so far has ended.</summary>
    private Task WhenIdle()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
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
    };

    private void OnOpened(Partition partition)
    {
        if (partition.Name.Topic != TopicName.ConsumerOffsets)
        {
            return;
        }

        lock (_lock)
        {
            _leading[partition.Name.Partition] = partition.LeaderEpoch;
        }

        Own(LoadAsync(partition));
    }

    private void OnClosing(Partition partition)
    {
        if (partition.Name.Topic != TopicName.ConsumerOffsets)
        {
            return;
        }

        lock (_lock)
        {
            _leading.Remove(partition.Name.Partition);
        }

        Own(_coordinator.UnloadAsync(partition.Name.Partition, partition.LeaderEpoch));
    }

    private async Task LoadAsync(Partition partition)
    {
        try
        {
            var began = _clock.GetTimestamp();
            await _coordinator.LoadAsync(partition.Name.Partition, partition.LeaderEpoch, new PartitionCoordinatorLog(partition, _clock));
            _metrics.Loaded(began);
        }
        catch (OperationCanceledException)
        {
            // Overtaken: the partition was closed, or opened anew, meanwhile.
        }
        catch (LogFailedException failure)
        {
            _logger.GroupsNotLoaded(partition.Name, failure);
            partition.TellOf(failure);
        }
        catch (Exception failure)
        {
            _logger.GroupsNotLoaded(partition.Name, failure);
        }
    }

    private async Task ForgetAsync(IReadOnlyList<TopicImage> topics)
    {
        var error = await _coordinator.ForgetTopicsAsync([.. topics.Select(topic => topic.Name)]);
        if (error != ErrorCode.None)
        {
            _logger.OffsetsNotForgotten(string.Join(", ", topics.Select(topic => topic.Name)), error);
        }
    }

    /// <summary>Keeps a task until it is done, so that nothing is under way when the logs are closed.</summary>
    private void Own(Task task)
    {
        lock (_lock)
        {
            _running.Add(task);
        }

        _ = task.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _running.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
