using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Whom to ask about what: looked up anew for each attempt, since leaders, coordinators and controllers move.</summary>
internal sealed class AdminRoutes(Cluster cluster)
{
    /// <summary>Before this version asking for a topic may create it.</summary>
    private const short FirstMetadataWithoutCreation = 4;

    private readonly CoordinatorLookup _coordinators = new(cluster);

    public Task<int> AnyAsync(CancellationToken cancellationToken) => cluster.AnyNodeAsync(cancellationToken);

    /// <summary>The controller: brokers of clusters with ZooKeeper do not pass decisions on. Where brokers do, any will do.</summary>
    public async Task<int> ControllerAsync(CancellationToken cancellationToken)
    {
        var current = await cluster.Metadata.GetClusterAsync(cluster.Options.ApiTimeout, cancellationToken).ConfigureAwait(false);
        return current.Nodes.ContainsKey(current.ControllerId) ? current.ControllerId : await cluster.AnyNodeAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<int> CoordinatorAsync(string group, CancellationToken cancellationToken) => _coordinators.FindAsync(CoordinatorType.Group, group, cancellationToken);

    public Task<IReadOnlyDictionary<string, FoundBroker>> ToCoordinatorsAsync(CoordinatorType type, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        _coordinators.FindAsync(type, keys, cancellationToken);

    /// <summary>All brokers of the cluster as it is now.</summary>
    public async Task<IReadOnlyList<int>> AllAsync(CancellationToken cancellationToken) => [.. (await cluster.Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false)).Nodes.Keys.Order()];

    public static async Task<IReadOnlyDictionary<TItem, FoundBroker>> ToOneAsync<TItem>(IReadOnlyList<TItem> items, Task<int> choice)
        where TItem : notnull
    {
        var node = new FoundBroker(await choice.ConfigureAwait(false));
        return items.ToDictionary(static item => item, _ => node);
    }

    /// <summary>Brokers that the caller has named. Whether there are such is known when the cluster is: nobody is missing before that.</summary>
    public async Task<IReadOnlyDictionary<TItem, FoundBroker>> ToNamedAsync<TItem>(IReadOnlyList<TItem> items, Func<TItem, int> nodeOf, CancellationToken cancellationToken)
        where TItem : notnull
    {
        await cluster.Metadata.GetClusterAsync(cluster.Options.ApiTimeout, cancellationToken).ConfigureAwait(false);
        return items.ToDictionary(static item => item, item => new FoundBroker(nodeOf(item)));
    }

    /// <summary>The leaders of partitions. No topic is created by asking, and none is kept in the client's picture of the cluster.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, FoundBroker>> ToLeadersAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var link = cluster.Brokers.Find(await cluster.AnyNodeAsync(cancellationToken).ConfigureAwait(false));
        var request = new MetadataRequest
        {
            AllowAutoTopicCreation = false,
            Topics = [.. partitions.Select(static partition => partition.Topic).Distinct(StringComparer.Ordinal).Select(static name => new MetadataRequest.MetadataRequestTopic { Name = name })],
        };
        var version = (await link.ConnectAsync(cancellationToken).ConfigureAwait(false)).Versions.Choose(ApiKey.Metadata);
        if (version < FirstMetadataWithoutCreation)
        {
            throw new KafkaException(ErrorCode.UnsupportedVersion, $"Broker {link.Name} offers Metadata up to version {version} only, and asking for topics without creating them needs version {FirstMetadataWithoutCreation}. Upgrade the broker.") { Broker = link.Name };
        }

        using var reply = await link.AskAsync(request, cluster.Options.RequestTimeout, cancellationToken, version).ConfigureAwait(false);
        var topics = reply.Message.Topics.Where(static topic => topic.Name is not null).ToDictionary(static topic => topic.Name!, StringComparer.Ordinal);
        return partitions.ToDictionary(static partition => partition, partition => LeaderOf(partition, topics, link.Name));
    }

    private static FoundBroker LeaderOf(TopicPartition name, Dictionary<string, MetadataResponse.MetadataResponseTopic> topics, string broker)
    {
        if (!topics.TryGetValue(name.Topic, out var topic) || topic.ErrorCode != ErrorCode.None)
        {
            return new FoundBroker(BrokerFailure.Of(topic?.ErrorCode ?? ErrorCode.UnknownTopicOrPartition, ApiKey.Metadata, broker, $"topic '{name.Topic}'", name));
        }

        return topic.Partitions.Find(partition => partition.PartitionIndex == name.Partition) switch
        {
            null => Nowhere(ErrorCode.UnknownTopicOrPartition, $"Topic '{name.Topic}' has no partition {name.Partition}, but {topic.Partitions.Count} from 0 on.", name, mayPass: false),
            { LeaderId: >= 0 } partition => new FoundBroker(partition.LeaderId),
            _ => Nowhere(ErrorCode.LeaderNotAvailable, $"{name} has no leader at present.", name, mayPass: true),
        };
    }

    private static FoundBroker Nowhere(ErrorCode error, string message, TopicPartition partition, bool mayPass) =>
        new(new KafkaException(error, message) { IsRetriable = mayPass, Partition = partition });
}
