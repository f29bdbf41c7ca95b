using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Topics;

/// <summary>What there is to know of topics beyond their descriptions. What cannot be had is missing, and said once.</summary>
internal sealed class TopicFacts
{
    private readonly Dictionary<TopicPartition, LogBounds> _bounds = [];
    private readonly Dictionary<(TopicPartition Partition, int Broker), long> _sizes = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, ConfigEntry>> _settings = new(StringComparer.Ordinal);

    private TopicFacts()
    {
    }

    public static async Task<TopicFacts> GatherAsync(ClusterCall call, IReadOnlyList<TopicDescription> topics)
    {
        var facts = new TopicFacts();
        await facts.GatherBoundsAsync(call, topics);
        await facts.GatherSizesAsync(call, topics);
        await facts.GatherSettingsAsync(call, topics);
        return facts;
    }

    public LogBounds? BoundsOf(TopicPartition partition) => _bounds.TryGetValue(partition, out var bounds) ? bounds : null;

    /// <summary>The bytes of a replica's log; null when its broker did not tell.</summary>
    public long? SizeOf(TopicPartition partition, int? broker) => broker is { } id && _sizes.TryGetValue((partition, id), out var size) ? size : null;

    /// <summary>The settings that somebody has given the topic itself.</summary>
    public IEnumerable<ConfigEntry> SetOn(string topic) =>
        _settings.TryGetValue(topic, out var settings)
            ? settings.Values.Where(static entry => entry.Source == ConfigEntrySource.Topic).OrderBy(static entry => entry.Name, StringComparer.Ordinal)
            : [];

    public int MinInSyncReplicasOf(string topic) => _settings.TryGetValue(topic, out var settings) ? MinInSyncReplicas.In(settings) : 1;

    private async Task GatherBoundsAsync(ClusterCall call, IReadOnlyList<TopicDescription> topics)
    {
        var led = topics.SelectMany(static topic => topic.Partitions.Where(static partition => partition.Leader is not null).Select(partition => new TopicPartition(topic.Name, partition.Index))).ToList();
        if (led.Count == 0)
        {
            return;
        }

        var partitions = call.Client.Admin.Partitions;
        var starts = await partitions.ListOffsetsAsync(led.ToDictionary(static partition => partition, static _ => OffsetSpec.Earliest), IsolationLevel.ReadUncommitted, call.Cancellation);
        var ends = await partitions.ListOffsetsAsync(led.ToDictionary(static partition => partition, static _ => OffsetSpec.Latest), IsolationLevel.ReadUncommitted, call.Cancellation);
        foreach (var partition in led.Where(partition => starts[partition].IsSuccess && ends[partition].IsSuccess))
        {
            _bounds[partition] = new LogBounds(starts[partition].Value.Offset ?? 0, ends[partition].Value.Offset ?? 0);
        }

        Tell(call, starts.Values.Concat(ends.Values).Select(static result => result.Error), "offsets");
    }

    private async Task GatherSizesAsync(ClusterCall call, IReadOnlyList<TopicDescription> topics)
    {
        var brokers = topics.SelectMany(static topic => topic.Partitions).SelectMany(static partition => partition.Replicas.Except(partition.OfflineReplicas)).Distinct().ToList();
        if (brokers.Count == 0)
        {
            return;
        }

        var described = await call.Client.Admin.LogDirs.DescribeAsync(brokers, call.Cancellation);
        foreach (var (broker, directories) in described.Where(static pair => pair.Value.IsSuccess))
        {
            foreach (var (partition, replica) in directories.Value.Values.Where(static directory => directory.IsSuccess).SelectMany(static directory => directory.Value.Replicas).Where(static pair => !pair.Value.IsFuture))
            {
                _sizes[(partition, broker)] = replica.SizeBytes;
            }
        }

        Tell(call, described.Values.Select(static result => result.Error), "sizes");
    }

    private async Task GatherSettingsAsync(ClusterCall call, IReadOnlyList<TopicDescription> topics)
    {
        var described = await call.Client.Admin.Configs.DescribeAsync([.. topics.Select(static topic => ConfigResource.Topic(topic.Name))], cancellationToken: call.Cancellation);
        foreach (var (resource, settings) in described.Where(static pair => pair.Value.IsSuccess))
        {
            _settings[resource.Name] = settings.Value;
        }

        Tell(call, described.Values.Select(static result => result.Error), "settings");
    }

    private static void Tell(ClusterCall call, IEnumerable<KafkaException?> errors, string what)
    {
        if (errors.FirstOrDefault(static error => error is not null) is { } error)
        {
            call.Say($"some {what} are missing: {error.Message}");
        }
    }
}
