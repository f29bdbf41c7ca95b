using Spate.Protocol.Errors;

namespace Spate.Metadata.Control;

/// <summary>Which nodes hold the replicas of partitions: chosen here, or by hand and looked over here. Pure, given its random source.</summary>
internal static class ReplicaAssignment
{
    /// <summary>
    /// Replicas for new partitions. A random first node, then round: leaders spread over the nodes whatever the number of partitions.
    /// </summary>
    public static List<List<int>> Choose(IReadOnlyList<int> nodes, int partitions, int replicas, Random random)
    {
        var first = random.Next(nodes.Count);
        var assignment = new List<List<int>>(partitions);
        for (var index = 0; index < partitions; index++)
        {
            var start = first + index;
            assignment.Add([.. Enumerable.Range(0, replicas).Select(step => nodes[(start + step) % nodes.Count])]);
        }

        return assignment;
    }

    /// <summary>Says why replicas that were chosen by hand cannot be had, or returns null when they can.</summary>
    /// <param name="nodes">The nodes that can hold replicas.</param>
    /// <param name="partition">The partition's index, for the sentence.</param>
    /// <param name="replicas">Its nodes, the preferred leader first.</param>
    public static TopicFault? Fault(IReadOnlyList<int> nodes, int partition, List<int> replicas)
    {
        if (replicas.Count == 0 || replicas.Distinct().Count() != replicas.Count)
        {
            return Fault($"partition {partition} needs at least one broker, and none of them twice");
        }

        return replicas.Exists(node => !nodes.Contains(node))
            ? Fault($"partition {partition} names a broker that is not in the cluster")
            : null;
    }

    public static TopicFault Fault(string why) => new(ErrorCode.InvalidReplicaAssignment, $"The assignment cannot be followed: {why}.");
}
