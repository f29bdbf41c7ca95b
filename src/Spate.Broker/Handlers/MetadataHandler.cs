using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// Metadata 0 to 13: the brokers, and the topics asked for with their leaders. A topic that is not there is created when the client and
/// <c>auto.create.topics.enable</c> allow it. Version 0 asks for all topics by an empty list, later ones by null; from version 10 on by id as
/// well (KIP-516); versions 10 and 11 can carry ids, but brokers of their time did not know them in requests, and a request that has one is
/// refused. A topic that is asked for twice is told once.
/// </summary>
public sealed class MetadataHandler(ClusterView cluster, Controller controller, PartitionTable partitions, BrokerSettings settings)
    : RequestHandler<MetadataRequest, MetadataResponse>
{
    private const int NoLeader = -1;
    private const short FirstVersionOfIds = 12;

    protected override async ValueTask<MetadataResponse?> HandleAsync(MetadataRequest request, RequestContext context, CancellationToken cancellation)
    {
        var self = cluster.Self(context.Connection.ListenerName);
        var reply = new MetadataResponse
        {
            ClusterId = cluster.ClusterId,
            ControllerId = cluster.NodeId,
            Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = self.Id, Host = self.Host, Port = self.Port }],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked,
        };
        var operations = request.IncludeTopicAuthorizedOperations ? AuthorizedOperations.Topic : AuthorizedOperations.NotAsked;

        if (request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0))
        {
            reply.Topics.AddRange(cluster.Image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)
                .Select(topic => Describe(topic, operations)));
            return reply;
        }

        if (context.ApiVersion < FirstVersionOfIds && request.Topics.Exists(topic => topic.Name is null || !topic.TopicId.IsZero))
        {
            return new MetadataResponse
            {
                Topics = [.. request.Topics.Select(topic => Missing(topic.Name ?? "", topic.TopicId, ErrorCode.InvalidRequest, AuthorizedOperations.NotAsked))],
                ClusterAuthorizedOperations = AuthorizedOperations.NotAsked,
            };
        }

        // Before version 4 a client could not say, and was taken to agree.
        var mayCreate = settings.AutoCreateTopics && (context.ApiVersion < 4 || request.AllowAutoTopicCreation);
        var refusals = mayCreate ? await CreateMissingAsync(request.Topics, cancellation) : [];
        foreach (var topic in request.Topics.DistinctBy(topic => (topic.Name, topic.TopicId)))
        {
            reply.Topics.Add(Find(topic, refusals, operations));
        }

        return reply;
    }

    private MetadataResponse.MetadataResponseTopic Describe(TopicImage topic, int operations) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = TopicName.IsInternal(topic.Name),
        TopicAuthorizedOperations = operations,
        Partitions = [.. topic.Partitions.Select(partition => Describe(partition, partitions.IsOffline(topic.Name, partition.Index)))],
    };

    private MetadataResponse.MetadataResponsePartition Describe(PartitionImage partition, bool isOffline) => new()
    {
        PartitionIndex = partition.Index,
        ErrorCode = isOffline || partition.Leader < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
        LeaderId = isOffline ? NoLeader : partition.Leader,
        LeaderEpoch = partition.LeaderEpoch,
        ReplicaNodes = [.. partition.Replicas],
        IsrNodes = [.. partition.InSyncReplicas],
        OfflineReplicas = isOffline ? [cluster.NodeId] : [],
    };

    private MetadataResponse.MetadataResponseTopic Find(
        MetadataRequest.MetadataRequestTopic asked, Dictionary<string, ErrorCode> refusals, int operations)
    {
        if (asked.Name is null || !asked.TopicId.IsZero)
        {
            // Who knows the id means that very topic, whatever has the name now.
            return cluster.Image.TryGetTopic(asked.TopicId, out var byId)
                ? Describe(byId, operations)
                : Missing(null, asked.TopicId, ErrorCode.UnknownTopicId, operations);
        }

        if (TopicName.Fault(asked.Name) is not null)
        {
            return Missing(asked.Name, asked.TopicId, ErrorCode.InvalidTopic, operations);
        }

        return cluster.Image.TryGetTopic(asked.Name, out var byName)
            ? Describe(byName, operations)
            : Missing(asked.Name, asked.TopicId, refusals.GetValueOrDefault(asked.Name, ErrorCode.UnknownTopicOrPartition), operations);
    }

    private static MetadataResponse.MetadataResponseTopic Missing(string? name, Uuid id, ErrorCode error, int operations) => new()
    {
        Name = name,
        TopicId = id,
        ErrorCode = error,
        IsInternal = name is not null && TopicName.IsInternal(name),
        TopicAuthorizedOperations = operations,
    };

    /// <summary>Creates what can be created, and says of the rest why not.</summary>
    private async ValueTask<Dictionary<string, ErrorCode>> CreateMissingAsync(
        List<MetadataRequest.MetadataRequestTopic> topics, CancellationToken cancellation)
    {
        var image = cluster.Image;
        var missing = topics.Where(topic => topic.TopicId.IsZero)
            .Select(topic => topic.Name)
            .OfType<string>()
            .Where(name => TopicName.Fault(name) is null && !TopicName.IsInternal(name) && !image.TryGetTopic(name, out _))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (missing.Count == 0)
        {
            return [];
        }

        var created = await CreateAsync(missing, cancellation);

        // Two clients may ask at once; for the later one the topic is simply there.
        return created.Topics.Where(topic => topic.ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            .ToDictionary(topic => topic.Name, topic => topic.ErrorCode, StringComparer.Ordinal);
    }

    private async ValueTask<CreateTopicsResponse> CreateAsync(List<string> names, CancellationToken cancellation)
    {
        var request = new CreateTopicsRequest
        {
            Topics = [.. names.Select(name => new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = -1, ReplicationFactor = -1 })],
        };
        try
        {
            return await controller.CreateTopicsAsync(request, cancellation);
        }
        catch (IOException failure)
        {
            return CreateTopicsHandler.Refused(request, ErrorCode.KafkaStorageError, failure.Message);
        }
    }
}
