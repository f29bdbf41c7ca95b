using System.Diagnostics.CodeAnalysis;
using Spate.Client.Consuming;
using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>
/// Looks after a cluster: topics, settings, offsets. Calls about several items give a result for each; a call throws only when it could not be made at all.
/// Calls are made again after what passes by itself, for no longer than <see cref="KafkaClientOptions.ApiTimeout"/>. Safe for use by several threads at once.
/// </summary>
public sealed class Admin
{
    /// <summary>The newest version of DeleteTopics that names topics in a plain list, which every broker since Kafka 2.1 knows in one version or another.</summary>
    private const short LastVersionOfNames = 5;

    private readonly AdminCalls _calls;

    internal Admin(Cluster cluster) => _calls = new AdminCalls(cluster);

    /// <summary>The brokers of the cluster.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellationToken = default)
    {
        var current = await _calls.Cluster.Metadata.RefreshAsync(cancellationToken);
        return new ClusterDescription(
            current.ClusterId,
            current.ControllerId >= 0 ? current.ControllerId : null,
            [.. current.Nodes.Values.OrderBy(static node => node.Id).Select(static node => new BrokerDescription(node.Id, node.Address, node.Rack))]);
    }

    /// <summary>Creates topics.</summary>
    /// <param name="topics">The topics, each named once.</param>
    /// <param name="validateOnly">Checks everything and creates nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each name the topic's id; zero where nothing was created or the broker does not tell.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<Uuid>>> CreateTopicsAsync(
        IReadOnlyCollection<NewTopic> topics, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var request = new CreateTopicsRequest { TimeoutMs = _calls.TimeoutMs, ValidateOnly = validateOnly };
        foreach (var topic in Distinct(topics, static topic => topic.Name))
        {
            request.Topics.Add(new CreateTopicsRequest.CreatableTopic
            {
                Name = topic.Name,
                NumPartitions = topic.Partitions ?? -1,
                ReplicationFactor = topic.ReplicationFactor ?? -1,
                Configs = [.. topic.Configs.Select(static pair => new CreateTopicsRequest.CreatableTopicConfig { Name = pair.Key, Value = pair.Value })],
            });
        }

        return _calls.AskControllerAsync(request, static (response, broker) => Gather(
            response.Topics,
            static topic => topic.Name,
            topic => Result(topic.TopicId, topic.ErrorCode, ApiKey.CreateTopics, broker, $"topic '{topic.Name}'", topic.ErrorMessage)), cancellationToken);
    }

    /// <summary>Deletes topics with all their records.</summary>
    /// <param name="topics">The names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each name the name.</returns>
    /// <inheritdoc cref="CreateTopicsAsync" path="/exception"/>
    public Task<IReadOnlyDictionary<string, AdminResult<string>>> DeleteTopicsAsync(IReadOnlyCollection<string> topics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var names = Distinct(topics, static topic => topic);
        var request = new DeleteTopicsRequest { TimeoutMs = _calls.TimeoutMs, TopicNames = names };
        return _calls.AskControllerAsync(request, static (response, broker) => Gather(
            response.Responses,
            static topic => topic.Name ?? "",
            topic => Result(topic.Name ?? "", topic.ErrorCode, ApiKey.DeleteTopics, broker, $"topic '{topic.Name}'", topic.ErrorMessage)), cancellationToken, LastVersionOfNames);
    }

    /// <summary>Adds partitions to topics.</summary>
    /// <param name="counts">How many partitions each topic shall have, which must be more than now.</param>
    /// <param name="validateOnly">Checks everything and adds nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each name the number of its partitions.</returns>
    /// <inheritdoc cref="CreateTopicsAsync" path="/exception"/>
    public Task<IReadOnlyDictionary<string, AdminResult<int>>> CreatePartitionsAsync(
        IReadOnlyDictionary<string, int> counts, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var request = new CreatePartitionsRequest { TimeoutMs = _calls.TimeoutMs, ValidateOnly = validateOnly };
        foreach (var (name, count) in counts)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(counts));
            request.Topics.Add(new CreatePartitionsRequest.CreatePartitionsTopic { Name = name, Count = count, Assignments = null });
        }

        return _calls.AskControllerAsync(request, (response, broker) => Gather(
            response.Results,
            static topic => topic.Name,
            topic => Result(counts.GetValueOrDefault(topic.Name), topic.ErrorCode, ApiKey.CreatePartitions, broker, $"topic '{topic.Name}'", topic.ErrorMessage)), cancellationToken);
    }

    /// <summary>The names of all topics, in order.</summary>
    /// <param name="includeInternal">Whether to name those that belong to the brokers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyList<string>> ListTopicsAsync(bool includeInternal = false, CancellationToken cancellationToken = default) =>
        _calls.AskAnyAsync(
            new MetadataRequest { Topics = null },
            (response, _) => (IReadOnlyList<string>)[.. response.Topics.Where(topic => includeInternal || !topic.IsInternal).Select(static topic => topic.Name!).Order(StringComparer.Ordinal)],
            cancellationToken);

    /// <summary>Topics with their partitions. None is created by asking.</summary>
    /// <param name="topics">The names, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="CreateTopicsAsync" path="/exception"/>
    public Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> DescribeTopicsAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var request = new MetadataRequest
        {
            AllowAutoTopicCreation = false,
            Topics = Distinct(topics, static topic => topic).ConvertAll(static name => new MetadataRequest.MetadataRequestTopic { Name = name }),
        };
        return _calls.AskAnyAsync(request, static (response, broker) => Gather(
            response.Topics,
            static topic => topic.Name ?? "",
            topic => Result(Describe(topic), topic.ErrorCode, ApiKey.Metadata, broker, $"topic '{topic.Name}'")), cancellationToken);
    }

    /// <summary>The settings of topics, brokers or groups as they stand.</summary>
    /// <param name="resources">Whose settings, each once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each of them its settings by their keys.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyDictionary<ConfigResource, AdminResult<IReadOnlyDictionary<string, ConfigEntry>>>> DescribeConfigsAsync(
        IReadOnlyCollection<ConfigResource> resources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resources);
        var all = new Dictionary<ConfigResource, AdminResult<IReadOnlyDictionary<string, ConfigEntry>>>();
        foreach (var byNode in resources.Distinct().GroupBy(NodeOf))
        {
            var request = new DescribeConfigsRequest
            {
                Resources = [.. byNode.Select(static resource => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, ConfigurationKeys = null })],
            };
            var part = await _calls.AskAsync(request, token => ChooseAsync(byNode.Key, token), static (response, broker) => Gather(
                response.Results,
                static result => new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName),
                result => Result(Entries(result), result.ErrorCode, ApiKey.DescribeConfigs, broker, $"the settings of '{result.ResourceName}'", result.ErrorMessage)), cancellationToken);
            foreach (var (resource, result) in part)
            {
                all[resource] = result;
            }
        }

        return all;
    }

    /// <summary>Changes settings; those that are not named stay as they are (KIP-339).</summary>
    /// <param name="changes">The changes of each topic, broker or group.</param>
    /// <param name="validateOnly">Checks everything and changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each of them itself.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyDictionary<ConfigResource, AdminResult<ConfigResource>>> AlterConfigsAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> changes, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var all = new Dictionary<ConfigResource, AdminResult<ConfigResource>>();
        foreach (var byNode in changes.GroupBy(static pair => NodeOf(pair.Key)))
        {
            var request = new IncrementalAlterConfigsRequest { ValidateOnly = validateOnly };
            foreach (var (resource, wanted) in byNode)
            {
                request.Resources.Add(new IncrementalAlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = (sbyte)resource.Type,
                    ResourceName = resource.Name,
                    Configs = [.. wanted.Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig { Name = change.Name, Value = change.Value, ConfigOperation = change.Operation })],
                });
            }

            var part = await _calls.AskAsync(request, token => ChooseAsync(byNode.Key, token), static (response, broker) => Gather(
                response.Responses,
                static result => new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName),
                result => Result(new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName), result.ErrorCode, ApiKey.IncrementalAlterConfigs, broker, $"the settings of '{result.ResourceName}'", result.ErrorMessage)), cancellationToken);
            foreach (var (resource, result) in part)
            {
                all[resource] = result;
            }
        }

        return all;
    }

    /// <summary>The offsets that belong to positions: the ends of logs, or the first records of a time.</summary>
    /// <param name="positions">What is asked of each partition; an offset stands for itself.</param>
    /// <param name="isolation">With <see cref="IsolationLevel.ReadCommitted"/> the end is before the first open transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each partition the offset; -1 where no record is of the time or later.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, AdminResult<long>>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, StartPosition> positions,
        IsolationLevel isolation = IsolationLevel.ReadUncommitted,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var all = new Dictionary<TopicPartition, AdminResult<long>>();
        foreach (var (name, position) in positions)
        {
            all[name] = position.IsOffset ? new AdminResult<long>(position.Value) : await FindAsync(name, position, isolation, cancellationToken);
        }

        return all;
    }

    private async Task<AdminResult<long>> FindAsync(TopicPartition name, StartPosition position, IsolationLevel isolation, CancellationToken cancellationToken)
    {
        try
        {
            return new AdminResult<long>(await _calls.RetryAsync("ListOffsets", async token =>
            {
                var leader = await _calls.LeaderOfAsync(name, token);
                var found = await OffsetLookup.AskAsync(leader, [new WantedOffset(name, position)], isolation, _calls.Cluster.Options.RequestTimeout, token);
                var (error, offset, _) = found.GetValueOrDefault(name, new FoundOffset(ErrorCode.UnknownServerError, -1, -1));
                return error == ErrorCode.None ? offset : throw BrokerFailure.Of(error, ApiKey.ListOffsets, leader.Name, null, name);
            }, cancellationToken));
        }
        catch (KafkaException failure)
        {
            return new AdminResult<long>(failure);
        }
    }

    private static List<T> Distinct<T>(IReadOnlyCollection<T> items, Func<T, string> nameOf)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            ArgumentException.ThrowIfNullOrEmpty(nameOf(item), nameof(items));
            if (!names.Add(nameOf(item)))
            {
                throw new ArgumentException($"'{nameOf(item)}' is named twice.", nameof(items));
            }
        }

        return [.. items];
    }

    [SuppressMessage("Performance", "CA1859", Justification = "What comes of it is a task's result, and a task of a dictionary is not one of a read-only dictionary.")]
    private static IReadOnlyDictionary<TKey, AdminResult<TValue>> Gather<TItem, TKey, TValue>(
        List<TItem> items, Func<TItem, TKey> keyOf, Func<TItem, AdminResult<TValue>> resultOf)
        where TKey : notnull
    {
        var results = new Dictionary<TKey, AdminResult<TValue>>();
        foreach (var item in items)
        {
            var result = resultOf(item);

            // Nothing was decided by this broker: the call is made again, at whoever decides by then.
            if (result.Error is { ErrorCode: ErrorCode.NotController } elsewhere)
            {
                throw elsewhere;
            }

            results[keyOf(item)] = result;
        }

        return results;
    }

    private static AdminResult<T> Result<T>(T value, ErrorCode error, ApiKey api, string broker, string subject, string? said = null) =>
        error == ErrorCode.None ? new AdminResult<T>(value) : new AdminResult<T>(BrokerFailure.Of(error, api, broker, subject, null, said));

    private static TopicDescription Describe(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name ?? "",
        topic.TopicId,
        topic.IsInternal,
        [.. topic.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(static partition => new PartitionDescription(
            partition.PartitionIndex, partition.LeaderId >= 0 ? partition.LeaderId : null, partition.LeaderEpoch, partition.ReplicaNodes, partition.IsrNodes))]);

    [SuppressMessage("Performance", "CA1859", Justification = "What comes of it is a task's result, and a task of a dictionary is not one of a read-only dictionary.")]
    private static IReadOnlyDictionary<string, ConfigEntry> Entries(DescribeConfigsResponse.DescribeConfigsResult result) => result.Configs.ToDictionary(
        static entry => entry.Name,
        static entry => new ConfigEntry(
            entry.Name, entry.Value, Enum.IsDefined((ConfigEntrySource)entry.ConfigSource) ? (ConfigEntrySource)entry.ConfigSource : ConfigEntrySource.Unknown, entry.ReadOnly, entry.IsSensitive),
        StringComparer.Ordinal);

    /// <summary>The settings of one broker are known to that broker only.</summary>
    private static int? NodeOf(ConfigResource resource) => resource.Type == ConfigResourceType.Broker && int.TryParse(resource.Name, out var id) ? id : null;

    private Task<int> ChooseAsync(int? node, CancellationToken cancellationToken) =>
        node is { } id ? Task.FromResult(id) : _calls.Cluster.AnyNodeAsync(cancellationToken);
}
