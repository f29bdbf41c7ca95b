using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// CreateTopics: which of the topics asked for can be, where their replicas go, and why the others cannot. One topic's fault does not touch
/// the others. Pure: the same image, request and random source give the same decision.
/// </summary>
internal sealed class TopicCreation(ControllerSettings settings, Random random)
{
    /// <summary>
    /// Partitions that one request may create, all its topics together. As in Kafka: a decision must fit one batch of the metadata log.
    /// </summary>
    public const int PartitionsPerRequestMax = 10_000;

    private const int Unspecified = -1;

    public Decision<CreateTopicsResponse> Decide(ClusterImage image, CreateTopicsRequest request)
    {
        var records = new List<IMetadataRecord>();
        var reply = new CreateTopicsResponse();
        var repeated = request.Topics.CountBy(topic => topic.Name, StringComparer.Ordinal)
            .Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        var taken = image.TopicsByName.Keys.GroupBy(TopicName.CollisionForm, StringComparer.Ordinal)
            .ToDictionary(names => names.Key, names => names.First(), StringComparer.Ordinal);
        var partitionsLeft = PartitionsPerRequestMax;

        foreach (var topic in request.Topics.DistinctBy(topic => topic.Name, StringComparer.Ordinal))
        {
            var fault = repeated.Contains(topic.Name)
                ? new TopicFault(ErrorCode.InvalidRequest, $"The topic '{topic.Name}' stands in the request more than once.")
                : Judge(image, taken, topic);
            List<List<int>> assignment = [];
            if (fault is null)
            {
                fault = Assign(topic, partitionsLeft, out assignment);
            }

            if (fault is { } found)
            {
                reply.Topics.Add(new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, ErrorCode = found.Error, ErrorMessage = found.Message, Configs = null });
                continue;
            }

            partitionsLeft -= assignment.Count;
            taken[TopicName.CollisionForm(topic.Name)] = topic.Name;
            var id = Uuid.NewRandom(random);
            if (!request.ValidateOnly)
            {
                Record(records, topic, id, assignment);
            }

            reply.Topics.Add(new CreateTopicsResponse.CreatableTopicResult
            {
                Name = topic.Name,
                ErrorMessage = null,
                TopicId = request.ValidateOnly ? Uuid.Zero : id,
                NumPartitions = assignment.Count,
                ReplicationFactor = (short)assignment[0].Count,
            });
        }

        return new Decision<CreateTopicsResponse>(records, reply);
    }

    private static void Record(List<IMetadataRecord> records, CreateTopicsRequest.CreatableTopic topic, Uuid id, List<List<int>> assignment)
    {
        records.Add(new TopicRecord { Name = topic.Name, TopicId = id });
        foreach (var config in topic.Configs)
        {
            records.Add(new ConfigRecord { ResourceType = ConfigResourceType.Topic, ResourceName = topic.Name, Name = config.Name, Value = config.Value });
        }

        for (var index = 0; index < assignment.Count; index++)
        {
            records.Add(NewPartition(id, index, assignment[index]));
        }
    }

    /// <summary>The record of a partition that nobody has led yet.</summary>
    internal static PartitionRecord NewPartition(Uuid topic, int index, List<int> replicas) => new()
    {
        PartitionId = index,
        TopicId = topic,
        Replicas = replicas,
        Isr = replicas,
        Leader = replicas[0],
        LeaderEpoch = 0,
        PartitionEpoch = 0,
        Directories = [.. replicas.Select(_ => Uuid.Zero)],
    };

    internal static TopicFault TooMany() =>
        new(ErrorCode.PolicyViolation, $"One request may create at most {PartitionsPerRequestMax} partitions; use several requests.");

    private TopicFault? Judge(ClusterImage image, Dictionary<string, string> taken, CreateTopicsRequest.CreatableTopic topic)
    {
        if (TopicName.Fault(topic.Name) is { } badName)
        {
            return new TopicFault(ErrorCode.InvalidTopic, badName);
        }

        if (image.TryGetTopic(topic.Name, out _))
        {
            return new TopicFault(ErrorCode.TopicAlreadyExists, $"The topic '{topic.Name}' exists already.");
        }

        if (taken.TryGetValue(TopicName.CollisionForm(topic.Name), out var other))
        {
            return new TopicFault(
                ErrorCode.InvalidTopic,
                $"The topic '{topic.Name}' differs from '{other}' only in '.' and '_', which come out the same in the names of metrics.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var config in topic.Configs)
        {
            if (!names.Add(config.Name))
            {
                return new TopicFault(ErrorCode.InvalidConfig, $"The setting '{config.Name}' is given more than once.");
            }

            if (settings.TopicConfigFault(config.Name, config.Value) is { } badConfig)
            {
                return new TopicFault(ErrorCode.InvalidConfig, badConfig);
            }
        }

        return null;
    }

    private TopicFault? Assign(CreateTopicsRequest.CreatableTopic topic, int partitionsLeft, out List<List<int>> assignment)
    {
        assignment = [];
        if (topic.Assignments.Count > 0)
        {
            return AssignAsAsked(topic, partitionsLeft, assignment);
        }

        var partitions = topic.NumPartitions == Unspecified ? settings.DefaultPartitions : topic.NumPartitions;
        var replicas = topic.ReplicationFactor == Unspecified ? settings.DefaultReplicationFactor : topic.ReplicationFactor;
        if (partitions < 1)
        {
            return new TopicFault(ErrorCode.InvalidPartitions, $"A topic has at least one partition, or -1 for the default; {partitions} were asked for.");
        }

        if (partitions > partitionsLeft)
        {
            return TooMany();
        }

        if (replicas < 1)
        {
            return new TopicFault(ErrorCode.InvalidReplicationFactor, $"A partition has at least one replica, or -1 for the default; {replicas} were asked for.");
        }

        if (replicas > settings.Nodes.Count)
        {
            return new TopicFault(
                ErrorCode.InvalidReplicationFactor,
                $"The replication factor {replicas} needs as many brokers, and the cluster has {settings.Nodes.Count}.");
        }

        assignment = ReplicaAssignment.Choose(settings.Nodes, partitions, replicas, random);
        return null;
    }

    private TopicFault? AssignAsAsked(CreateTopicsRequest.CreatableTopic topic, int partitionsLeft, List<List<int>> assignment)
    {
        if (topic.NumPartitions != Unspecified || topic.ReplicationFactor != Unspecified)
        {
            return new TopicFault(ErrorCode.InvalidRequest, "Replicas were assigned by hand, so the number of partitions and the replication factor must both be -1.");
        }

        if (topic.Assignments.Count > partitionsLeft)
        {
            return TooMany();
        }

        var byPartition = topic.Assignments.OrderBy(entry => entry.PartitionIndex).ToList();
        for (var index = 0; index < byPartition.Count; index++)
        {
            var nodes = byPartition[index].BrokerIds;
            if (byPartition[index].PartitionIndex != index)
            {
                return ReplicaAssignment.Fault("partitions must be numbered from 0 without gaps or repetitions");
            }

            if (ReplicaAssignment.Fault(settings.Nodes, index, nodes) is { } fault)
            {
                return fault;
            }

            if (nodes.Count != byPartition[0].BrokerIds.Count)
            {
                return ReplicaAssignment.Fault($"partition {index} has {nodes.Count} replicas, and partition 0 has {byPartition[0].BrokerIds.Count}");
            }

            assignment.Add(nodes);
        }

        return null;
    }
}
