namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>How many partitions the topics need by which the parts of an application hand records to each other.</summary>
internal static class RepartitionCounts
{
    /// <summary>
    /// Where the application says nothing, a topic gets as many partitions as the widest topic that is read by those who write it.
    /// </summary>
    /// <param name="subtopologies">The application.</param>
    /// <param name="countOfSource">The partitions of a topic that is not the application's own.</param>
    /// <returns>The partitions of each of these topics; null when they follow from nothing but each other.</returns>
    public static Dictionary<string, int>? Derive(IReadOnlyList<Subtopology> subtopologies, Func<string, int> countOfSource)
    {
        var topics = subtopologies.SelectMany(each => each.RepartitionTopics).ToList();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var topic in topics.Where(topic => topic.Partitions != 0))
        {
            counts[topic.Name] = topic.Partitions;
        }

        var own = new HashSet<string>(topics.Select(topic => topic.Name), StringComparer.Ordinal);
        var open = own.Where(name => !counts.ContainsKey(name)).Order(StringComparer.Ordinal).ToList();
        while (open.Count > 0)
        {
            // In a circle of topics some must be taken from what is known so far.
            var next = open.Find(name => Upstream(name).Any() && Upstream(name).All(IsKnown)) ?? open.Find(name => Upstream(name).Any(IsKnown));
            if (next is null)
            {
                return null;
            }

            counts[next] = Upstream(next).Where(IsKnown).Max(CountOf);
            open.Remove(next);
        }

        return counts;

        IEnumerable<string> Upstream(string name) => subtopologies.Where(each => each.SinkTopics.Contains(name, StringComparer.Ordinal)).SelectMany(each => each.InputTopics);

        bool IsKnown(string name) => counts.ContainsKey(name) || !own.Contains(name);

        int CountOf(string name) => counts.TryGetValue(name, out var count) ? count : countOfSource(name);
    }
}
