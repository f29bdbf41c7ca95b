using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// CreatePartitions: more partitions for topics that are there, never fewer. One topic's fault does not touch the others. The records with keys
/// that are in the topic stay where they are, as the one who asks must know. Pure: the same image, request and random source give the
/// same decision.
/// </summary>
/// <param name="nodes">The nodes that can hold replicas.</param>
/// <param name="random">Where first replicas come from. Used by one thread at a time.</param>
public sealed class PartitionCreation(IReadOnlyList<int> nodes, Random random)
{
    public Decision<CreatePartitionsResponse> Decide(ClusterImage image, CreatePartitionsRequest request)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        var records = new List<IMetadataRecord>();
        var reply = new CreatePartitionsResponse();
        var repeated = request.Topics.CountBy(topic => topic.Name, StringComparer.Ordinal)
            .Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        var partitionsLeft = TopicCreation.PartitionsPerRequestMax;
        foreach (var asked in request.Topics.DistinctBy(topic => topic.Name, StringComparer.Ordinal))
        {
            TopicImage? topic = null;
            List<List<int>> assignment = [];
            var fault = repeated.Contains(asked.Name)
                ? new TopicFault(ErrorCode.InvalidRequest, $"The topic '{asked.Name}' stands in the request more than once.")
                : Judge(image, asked, partitionsLeft, out topic) ?? Assign(topic!, asked, out assignment);
            reply.Results.Add(new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = asked.Name,
                ErrorCode = fault?.Error ?? ErrorCode.None,
                ErrorMessage = fault?.Message,
            });
            if (fault is null)
            {
                partitionsLeft -= assignment.Count;
                if (!request.ValidateOnly)
                {
                    Record(records, topic!, assignment);
                }
            }
        }

        return new Decision<CreatePartitionsResponse>(records, reply);
    }

    private static TopicFault? Judge(ClusterImage image, CreatePartitionsRequest.CreatePartitionsTopic asked, int partitionsLeft, out TopicImage? topic)
    {
        if (!image.TryGetTopic(asked.Name, out topic))
        {
            return new TopicFault(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{asked.Name}'.");
        }

        if (TopicName.IsInternal(asked.Name))
        {
            return new TopicFault(
                ErrorCode.InvalidTopic, $"What the topic '{asked.Name}' keeps is spread by the number of its partitions, which therefore never changes.");
        }

        var count = topic.Partitions.Length;
        if (asked.Count <= count)
        {
            return new TopicFault(
                ErrorCode.InvalidPartitions,
                asked.Count == count
                    ? $"The topic '{asked.Name}' has {count} partitions already."
                    : $"The topic '{asked.Name}' has {count} partitions, and a topic never gets fewer; {asked.Count} were asked for.");
        }

        return asked.Count - count > partitionsLeft ? TopicCreation.TooMany() : null;
    }

    private static void Record(List<IMetadataRecord> records, TopicImage topic, List<List<int>> assignment)
    {
        for (var index = 0; index < assignment.Count; index++)
        {
            records.Add(TopicCreation.NewPartition(topic.Id, topic.Partitions.Length + index, assignment[index]));
        }
    }

    private TopicFault? Assign(TopicImage topic, CreatePartitionsRequest.CreatePartitionsTopic asked, out List<List<int>> assignment)
    {
        var additional = asked.Count - topic.Partitions.Length;
        var replicas = topic.Partitions[0].Replicas.Length;
        if (asked.Assignments is not { } given)
        {
            if (replicas > nodes.Count)
            {
                assignment = [];
                return new TopicFault(
                    ErrorCode.InvalidReplicationFactor,
                    $"The topic's partitions have {replicas} replicas each, which needs as many brokers, and the cluster has {nodes.Count}.");
            }

            assignment = ReplicaAssignment.Choose(nodes, additional, replicas, random);
            return null;
        }

        assignment = [.. given.Select(entry => entry.BrokerIds)];
        if (assignment.Count != additional)
        {
            return ReplicaAssignment.Fault($"{additional} partitions are to be added, and replicas were given for {assignment.Count}");
        }

        for (var index = 0; index < assignment.Count; index++)
        {
            var partition = topic.Partitions.Length + index;
            if (ReplicaAssignment.Fault(nodes, partition, assignment[index]) is { } fault)
            {
                return fault;
            }

            if (assignment[index].Count != replicas)
            {
                return ReplicaAssignment.Fault($"partition {partition} has {assignment[index].Count} replicas, and the topic's others have {replicas}");
            }
        }

        return null;
    }
}
