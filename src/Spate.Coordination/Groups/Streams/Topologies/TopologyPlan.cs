using Spate.Coordination.Topics;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>What an application comes to with the topics that there are: its tasks, or why it cannot run. Immutable.</summary>
internal sealed class TopologyPlan
{
    private TopologyPlan(TopologyFault? fault, IReadOnlyList<SubtopologyPlan> subtopologies, IReadOnlyDictionary<string, int> counts, IReadOnlyList<CreateTopicsRequest.CreatableTopic> missing)
    {
        Fault = fault;
        Subtopologies = subtopologies;
        InternalTopics = counts;
        MissingTopics = missing;
    }

    /// <summary>Null when the application can run.</summary>
    public TopologyFault? Fault { get; }

    public bool IsReady => Fault is null;

    /// <summary>Its parts in the order of their ids; none when their tasks cannot be told.</summary>
    public IReadOnlyList<SubtopologyPlan> Subtopologies { get; }

    /// <summary>The partitions that each of the application's own topics has, or is to have.</summary>
    public IReadOnlyDictionary<string, int> InternalTopics { get; }

    /// <summary>Those of them that are not there.</summary>
    public IReadOnlyList<CreateTopicsRequest.CreatableTopic> MissingTopics { get; }

    public static TopologyPlan Of(StreamsTopology topology, ITopicView topics)
    {
        var missing = topology.Subtopologies.SelectMany(each => each.SourceTopics).Where(name => topics.Find(name) is null).ToList();
        if (missing.Count > 0)
        {
            return Failed(StreamsStatus.MissingSourceTopics, $"Source topics {Names(missing)} are missing.");
        }

        var counts = RepartitionCounts.Derive(topology.Subtopologies, CountOf);
        if (counts is null)
        {
            return Failed(StreamsStatus.IncorrectlyPartitionedTopics, "The partitions of some repartition topics follow from nothing but each other.");
        }

        var fixedTopics = topology.Subtopologies.SelectMany(each => each.RepartitionTopics).Where(topic => topic.Partitions != 0).Select(topic => topic.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var group in topology.Subtopologies.SelectMany(each => each.CopartitionGroups))
        {
            if (Copartitioning.Settle(group, fixedTopics, counts, CountOf) is { } fault)
            {
                return Failed(StreamsStatus.IncorrectlyPartitionedTopics, fault);
            }
        }

        var plans = topology.Subtopologies.Select(each => new SubtopologyPlan(each, Tasks(each))).ToList();
        return Checked(plans, counts, topics);

        int CountOf(string name) => topics.Find(name)!.PartitionCount;

        int Tasks(Subtopology subtopology) =>
            subtopology.InputTopics.Select(name => counts.TryGetValue(name, out var count) ? count : CountOf(name)).DefaultIfEmpty(0).Max();
    }

    /// <summary>Holds the application's own topics against those that are there.</summary>
    private static TopologyPlan Checked(List<SubtopologyPlan> plans, Dictionary<string, int> counts, ITopicView topics)
    {
        var wanted = new SortedDictionary<string, InternalTopicSpec>(StringComparer.Ordinal);
        foreach (var (subtopology, tasks) in plans)
        {
            foreach (var topic in subtopology.RepartitionTopics)
            {
                wanted[topic.Name] = topic;
            }

            // A table may be read from the very topic that its state could be restored from: then that topic is its changelog.
            foreach (var topic in subtopology.Changelogs.Where(topic => !subtopology.InputTopics.Contains(topic.Name, StringComparer.Ordinal)))
            {
                wanted[topic.Name] = topic;
                counts[topic.Name] = tasks;
            }
        }

        var missing = new List<CreateTopicsRequest.CreatableTopic>();
        foreach (var (name, topic) in wanted)
        {
            if (topics.Find(name) is not { } found)
            {
                missing.Add(topic.ToCreatable(counts[name]));
            }
            else if (found.PartitionCount != counts[name])
            {
                return Failed(
                    StreamsStatus.IncorrectlyPartitionedTopics,
                    $"Existing topic {name} has different number of partitions: expected {counts[name]}, found {found.PartitionCount}");
            }
        }

        var fault = missing.Count == 0 ? null : new TopologyFault(StreamsStatus.MissingInternalTopics, $"Internal topics are missing: [{Names(missing.Select(topic => topic.Name))}]");
        return new TopologyPlan(fault, plans, counts, missing);
    }

    private static TopologyPlan Failed(StreamsStatus status, string detail) =>
        new(new TopologyFault(status, detail), [], new Dictionary<string, int>(StringComparer.Ordinal), []);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
