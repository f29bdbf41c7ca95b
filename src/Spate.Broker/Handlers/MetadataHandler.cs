using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
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
/// well (KIP-516).
/// </summary>
public sealed class MetadataHandler(ClusterView cluster, Controller controller, BrokerSettings settings) : RequestHandler<MetadataRequest, MetadataResponse>
{
    private const int NoOperations = int.MinValue;
    private const short FirstVersionOfNullNames = 12;

    protected override async ValueTask<MetadataResponse?> HandleAsync(MetadataRequest request, RequestContext context, CancellationToken cancellation)
    {
        var self = cluster.Self(context.Connection.ListenerName);
        var reply = new MetadataResponse
        {
            ClusterId = cluster.ClusterId,
            ControllerId = cluster.NodeId,
            Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = self.Id, Host = self.Host, Port = self.Port }],
            ClusterAuthorizedOperations = NoOperations,
        };

        if (request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0))
        {
            reply.Topics.AddRange(cluster.Image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(Describe));
            return reply;
        }

        // Before version 4 a client could not say, and was taken to agree.
        var mayCreate = settings.AutoCreateTopics && (context.ApiVersion < 4 || request.AllowAutoTopicCreation);
        var refusals = mayCreate ? await CreateMissingAsync(request.Topics, cancellation) : [];
        foreach (var topic in request.Topics)
        {
            var found = Find(topic, refusals);
            if (context.ApiVersion < FirstVersionOfNullNames)
            {
                found.Name ??= "";
            }

            reply.Topics.Add(found);
        }

        return reply;
    }

    private static MetadataResponse.MetadataResponseTopic Describe(TopicImage topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = TopicName.IsInternal(topic.Name),
        TopicAuthorizedOperations = NoOperations,
        Partitions = [.. topic.Partitions.Select(Describe)],
    };

    private static MetadataResponse.MetadataResponsePartition Describe(PartitionImage partition) => new()
    {
        PartitionIndex = partition.Index,
        ErrorCode = partition.Leader < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
        LeaderId = partition.Leader,
        LeaderEpoch = partition.LeaderEpoch,
        ReplicaNodes = [.. partition.Replicas],
        IsrNodes = [.. partition.InSyncReplicas],
    };

    private MetadataResponse.MetadataResponseTopic Find(MetadataRequest.MetadataRequestTopic asked, Dictionary<string, ErrorCode> refusals)
    {
        if (asked.Name is null)
        {
            return cluster.Image.TryGetTopic(asked.TopicId, out var byId) ? Describe(byId) : Missing(null, asked.TopicId, ErrorCode.UnknownTopicId);
        }

        if (TopicName.Fault(asked.Name) is not null)
        {
            return Missing(asked.Name, asked.TopicId, ErrorCode.InvalidTopic);
        }

        return cluster.Image.TryGetTopic(asked.Name, out var byName)
            ? Describe(byName)
            : Missing(asked.Name, asked.TopicId, refusals.GetValueOrDefault(asked.Name, ErrorCode.UnknownTopicOrPartition));
    }

    private static MetadataResponse.MetadataResponseTopic Missing(string? name, Uuid id, ErrorCode error) => new()
    {
        Name = name,
        TopicId = id,
        ErrorCode = error,
        IsInternal = name is not null && TopicName.IsInternal(name),
        TopicAuthorizedOperations = NoOperations,
    };

    /// <summary>Creates what can be created, and says of the rest why not.</summary>
    private async ValueTask<Dictionary<string, ErrorCode>> CreateMissingAsync(
        List<MetadataRequest.MetadataRequestTopic> topics, CancellationToken cancellation)
    {
        var image = cluster.Image;
        var missing = topics.Select(topic => topic.Name)
            .OfType<string>()
            .Where(name => TopicName.Fault(name) is null && !TopicName.IsInternal(name) && !image.TryGetTopic(name, out _))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (missing.Count == 0)
        {
            return [];
        }

        var created = await controller.CreateTopicsAsync(
            new CreateTopicsRequest
            {
                Topics = [.. missing.Select(name => new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = -1, ReplicationFactor = -1 })],
            },
            cancellation);

        // Two clients may ask at once; for the later one the topic is simply there.
        return created.Topics.Where(topic => topic.ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            .ToDictionary(topic => topic.Name, topic => topic.ErrorCode, StringComparer.Ordinal);
    }
}
