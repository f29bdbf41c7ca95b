using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// ElectLeaders: leadership back to the preferred replica, or, where none leads, to any replica that lives, whatever it lacks (KIP-460). Where all
/// partitions are asked for, those that have the leader they should have are left out of the reply. Pure.
/// </summary>
public static class LeaderElection
{
    private const sbyte Preferred = 0;
    private const sbyte Unclean = 1;

    /// <param name="image">What has been decided.</param>
    /// <param name="request">Who is to be elected.</param>
    /// <param name="canLead">Whether a node can lead a partition now: it lives, and its disk does.</param>
    public static Decision<ElectLeadersResponse> Decide(ClusterImage image, ElectLeadersRequest request, Func<int, TopicPartition, bool> canLead)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(canLead);
        var records = new List<IMetadataRecord>();
        var reply = new ElectLeadersResponse();
        if (request.ElectionType is not (Preferred or Unclean))
        {
            reply.ErrorCode = ErrorCode.InvalidRequest;
            return new Decision<ElectLeadersResponse>(records, reply);
        }

        var isUnclean = request.ElectionType == Unclean;
        var asked = request.TopicPartitions?.Select(topic => (topic.Topic, Partitions: (IEnumerable<int>)topic.Partitions))
            ?? image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)
                .Select(topic => (topic.Name, topic.Partitions.Select(partition => partition.Index)));
        foreach (var (name, partitions) in asked)
        {
            var results = new ElectLeadersResponse.ReplicaElectionResult { Topic = name };
            foreach (var index in partitions)
            {
                var fault = Elect(image, new TopicPartition(name, index), isUnclean, canLead, records);
                if (request.TopicPartitions is not null || fault?.Error != ErrorCode.ElectionNotNeeded)
                {
                    results.PartitionResult.Add(new ElectLeadersResponse.PartitionResult
                    {
                        PartitionId = index,
                        ErrorCode = fault?.Error ?? ErrorCode.None,
                        ErrorMessage = fault?.Message,
                    });
                }
            }

            if (request.TopicPartitions is not null || results.PartitionResult.Count > 0)
            {
                reply.ReplicaElectionResults.Add(results);
            }
        }

        return new Decision<ElectLeadersResponse>(records, reply);
    }

    /// <summary>
    /// What a node that has come decides of the partitions that nobody leads: it leads those that it has all of, being in sync or eligible
    /// (KIP-966). So a cluster whose last node was stopped is led again when that is back.
    /// </summary>
    internal static IEnumerable<IMetadataRecord> OfArrived(ClusterImage image, int node) =>
        from topic in image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)
        from partition in topic.Partitions
        where partition.Leader < 0 && (partition.InSyncReplicas.Contains(node) || partition.EligibleLeaders is { } eligible && eligible.Contains(node))
        select Led(topic.Id, partition, node);

    private static TopicFault? Elect(
        ClusterImage image, TopicPartition name, bool isUnclean, Func<int, TopicPartition, bool> canLead, List<IMetadataRecord> records)
    {
        if (!image.TryGetTopic(name.Topic, out var topic) || topic.FindPartition(name.Partition) is not { } partition)
        {
            return new TopicFault(ErrorCode.UnknownTopicOrPartition, $"There is no partition {name.Partition} of a topic '{name.Topic}'.");
        }

        var isLed = partition.Leader >= 0 && canLead(partition.Leader, name);
        if (isLed && (isUnclean || partition.Leader == partition.Replicas[0]))
        {
            return new TopicFault(ErrorCode.ElectionNotNeeded, $"{name} is led by node {partition.Leader} already.");
        }

        var elected = isUnclean
            ? partition.Replicas.Where(node => canLead(node, name)).Select(node => (int?)node).FirstOrDefault()
            : partition.InSyncReplicas.Contains(partition.Replicas[0]) && canLead(partition.Replicas[0], name) ? partition.Replicas[0] : null;
        if (elected is not { } leader)
        {
            return isUnclean
                ? new TopicFault(ErrorCode.EligibleLeadersNotAvailable, $"No node that holds {name} can lead it now.")
                : new TopicFault(ErrorCode.PreferredLeaderNotAvailable, $"Node {partition.Replicas[0]}, the preferred leader of {name}, cannot lead it now.");
        }

        records.Add(Led(topic.Id, partition, leader));
        return null;
    }

    /// <summary>
    /// The partition under another leader, and nothing else that is not touched by it: directories and reassignments stay as they are. A leader
    /// that was not in sync is all that is in sync then, and no longer one of those that merely could lead (KIP-966).
    /// </summary>
    private static PartitionChangeRecord Led(Uuid topic, PartitionImage partition, int leader)
    {
        var change = new PartitionChangeRecord { TopicId = topic, PartitionId = partition.Index, Leader = leader };
        if (!partition.InSyncReplicas.Contains(leader))
        {
            change.Isr = [leader];
            if (partition.EligibleLeaders is { } eligible && eligible.Contains(leader))
            {
                change.EligibleLeaderReplicas = [.. eligible.Remove(leader)];
            }
        }

        return change;
    }
}
