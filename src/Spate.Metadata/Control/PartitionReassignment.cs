using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// AlterPartitionReassignments and ListPartitionReassignments (KIP-455), for a cluster of one node: the only replicas that can be asked for are those
/// that a partition has, so there is nothing to move and nothing under way that could be cancelled. Pure.
/// </summary>
public static class PartitionReassignment
{
    public static Decision<AlterPartitionReassignmentsResponse> Decide(ClusterImage image, AlterPartitionReassignmentsRequest request, IReadOnlyList<int> nodes)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(nodes);
        if (nodes.Count != 1)
        {
            throw new ArgumentException("Among several nodes replicas move, and that is decided elsewhere.", nameof(nodes));
        }

        var reply = new AlterPartitionReassignmentsResponse { AllowReplicationFactorChange = request.AllowReplicationFactorChange, ErrorMessage = null };
        foreach (var topic in request.Topics)
        {
            var results = new AlterPartitionReassignmentsResponse.ReassignableTopicResponse { Name = topic.Name };
            reply.Responses.Add(results);
            foreach (var asked in topic.Partitions)
            {
                var fault = Fault(image, topic.Name, asked, nodes);
                results.Partitions.Add(new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
                {
                    PartitionIndex = asked.PartitionIndex,
                    ErrorCode = fault?.Error ?? ErrorCode.None,
                    ErrorMessage = fault?.Message,
                });
            }
        }

        return new Decision<AlterPartitionReassignmentsResponse>([], reply);
    }

    /// <summary>The reassignments that are under way, of the partitions asked for or of all. Those that are not there are left out.</summary>
    public static ListPartitionReassignmentsResponse List(ClusterImage image, ListPartitionReassignmentsRequest request)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        var asked = request.Topics?.DistinctBy(topic => topic.Name, StringComparer.Ordinal)
                .Select(topic => (topic.Name, Indexes: (IReadOnlySet<int>?)topic.PartitionIndexes.ToHashSet()))
            ?? image.TopicsByName.Keys.Order(StringComparer.Ordinal).Select(name => (name, (IReadOnlySet<int>?)null));
        var reply = new ListPartitionReassignmentsResponse { ErrorMessage = null };
        foreach (var (name, indexes) in asked)
        {
            if (!image.TryGetTopic(name, out var topic))
            {
                continue;
            }

            var ongoing = topic.Partitions
                .Where(partition => indexes?.Contains(partition.Index) != false && IsReassigned(partition))
                .Select(partition => new ListPartitionReassignmentsResponse.OngoingPartitionReassignment
                {
                    PartitionIndex = partition.Index,
                    Replicas = [.. partition.Replicas],
                    AddingReplicas = [.. partition.AddingReplicas],
                    RemovingReplicas = [.. partition.RemovingReplicas],
                })
                .ToList();
            if (ongoing.Count > 0)
            {
                reply.Topics.Add(new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = name, Partitions = ongoing });
            }
        }

        return reply;
    }

    private static TopicFault? Fault(
        ClusterImage image, string topicName, AlterPartitionReassignmentsRequest.ReassignablePartition asked, IReadOnlyList<int> nodes)
    {
        if (!image.TryGetTopic(topicName, out var topic) || topic.FindPartition(asked.PartitionIndex) is not { } partition)
        {
            return new TopicFault(ErrorCode.UnknownTopicOrPartition, $"There is no partition {asked.PartitionIndex} of a topic '{topicName}'.");
        }

        if (asked.Replicas is not { } replicas)
        {
            return IsReassigned(partition)
                ? throw new InvalidOperationException($"{topicName}-{partition.Index} is being reassigned on a node that is alone.")
                : new TopicFault(ErrorCode.NoReassignmentInProgress, $"Partition {partition.Index} of '{topicName}' is not being reassigned, so nothing can be cancelled.");
        }

        // On one node, replicas without a fault are those that are there.
        return ReplicaAssignment.Fault(nodes, asked.PartitionIndex, replicas);
    }

    private static bool IsReassigned(PartitionImage partition) => !partition.AddingReplicas.IsEmpty || !partition.RemovingReplicas.IsEmpty;
}
