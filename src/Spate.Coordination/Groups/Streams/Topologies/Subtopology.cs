using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>A part of an application that works on its own: each of its tasks reads the partitions of one number of all topics that it reads.</summary>
/// <param name="Id">What the application calls it.</param>
/// <param name="SourceTopics">What it reads of others.</param>
/// <param name="RepartitionTopics">What it reads of the application's own.</param>
/// <param name="SinkTopics">The application's own topics that it writes, for others of its parts to read.</param>
/// <param name="Changelogs">Where it writes down its state.</param>
/// <param name="CopartitionGroups">Topics among those that it reads which must have as many partitions as each other.</param>
internal sealed record Subtopology(
    string Id,
    IReadOnlyList<string> SourceTopics,
    IReadOnlyList<InternalTopicSpec> RepartitionTopics,
    IReadOnlyList<string> SinkTopics,
    IReadOnlyList<InternalTopicSpec> Changelogs,
    IReadOnlyList<IReadOnlyList<string>> CopartitionGroups)
{
    public IEnumerable<string> InputTopics => SourceTopics.Concat(RepartitionTopics.Select(topic => topic.Name));

    /// <summary>Whether its tasks have state, of which there can be copies.</summary>
    public bool IsStateful => Changelogs.Count > 0;

    /// <summary>
    /// Reads a part as it is written down. A group of topics names them by places; other brokers may have written places where there is none, by
    /// which nothing is meant.
    /// </summary>
    public static Subtopology Read(StreamsGroupTopologyValue.Subtopology value) => new(
        value.SubtopologyId,
        value.SourceTopics,
        value.RepartitionSourceTopics.ConvertAll(InternalTopicSpec.Read),
        value.RepartitionSinkTopics,
        value.StateChangelogTopics.ConvertAll(InternalTopicSpec.Read),
        value.CopartitionGroups.ConvertAll(group => (IReadOnlyList<string>)
        [
            .. group.SourceTopics.Where(place => IsIn(place, value.SourceTopics.Count)).Select(place => value.SourceTopics[place])
                .Concat(group.RepartitionSourceTopics.Where(place => IsIn(place, value.RepartitionSourceTopics.Count)).Select(place => value.RepartitionSourceTopics[place].Name))
                .Distinct(StringComparer.Ordinal),
        ]));

    /// <summary>Whether there is something at a place in a list.</summary>
    public static bool IsIn(short place, int count) => place >= 0 && place < count;
}
