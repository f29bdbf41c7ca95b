using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>What must hold of a topology whatever topics there are.</summary>
internal static class TopologyRules
{
    public static Refusal? Check(StreamsGroupHeartbeatRequest.StreamsTopology topology)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var subtopology in topology.Subtopologies)
        {
            if (!ids.Add(subtopology.SubtopologyId))
            {
                return Invalid($"Subtopology {subtopology.SubtopologyId} is there twice.");
            }

            if (Fault(subtopology) is { } fault)
            {
                return Invalid(fault);
            }
        }

        return RepartitionCounts.Derive(StreamsTopology.Of(topology).Subtopologies, _ => 1) is null
            ? Invalid("Failed to compute number of partitions for all repartition topics. There may be loops in the topology that cannot be resolved.")
            : null;
    }

    private static string? Fault(StreamsGroupHeartbeatRequest.Subtopology subtopology)
    {
        foreach (var changelog in subtopology.StateChangelogTopics)
        {
            if (changelog.Partitions != 0)
            {
                return $"Changelog topic {changelog.Name} must have an undefined partition count, but it is set to {changelog.Partitions}.";
            }
        }

        foreach (var topic in subtopology.RepartitionSourceTopics)
        {
            if (topic.Partitions < 0)
            {
                return $"Repartition topic {topic.Name} must have at least one partition, or 0 where their number is left open, but it is set to {topic.Partitions}.";
            }
        }

        return subtopology.CopartitionGroups.Exists(group => !AreThere(group.SourceTopics, subtopology.SourceTopics.Count)
                || !AreThere(group.RepartitionSourceTopics, subtopology.RepartitionSourceTopics.Count))
            ? $"A copartition group of subtopology {subtopology.SubtopologyId} names a topic by a place where there is none."
            : null;
    }

    private static bool AreThere(List<short> places, int count) => places.TrueForAll(place => Subtopology.IsIn(place, count));

    private static Refusal Invalid(string message) => new(ErrorCode.StreamsInvalidTopology, message);
}
