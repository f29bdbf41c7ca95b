namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>Topics that are joined must have as many partitions as each other; those of the application's own are made so where it leaves that open.</summary>
internal static class Copartitioning
{
    /// <summary>Settles one group of topics.</summary>
    /// <param name="group">The topics that are joined.</param>
    /// <param name="fixedTopics">Those of the application's own whose partitions it has named.</param>
    /// <param name="ownCounts">The partitions of all of the application's own; changed where they follow from others.</param>
    /// <param name="countOfSource">The partitions of a topic that is not the application's own.</param>
    /// <returns>What cannot be settled, in a sentence; null when all are alike.</returns>
    public static string? Settle(
        IReadOnlyList<string> group, IReadOnlySet<string> fixedTopics, Dictionary<string, int> ownCounts, Func<string, int> countOfSource)
    {
        var foreign = group.Where(name => !ownCounts.ContainsKey(name)).ToList();
        var own = group.Where(ownCounts.ContainsKey).ToList();
        var settled = own.Where(fixedTopics.Contains).ToList();
        var deciding = foreign.Count > 0 ? foreign : settled.Count > 0 ? settled : own;
        if (deciding.Count == 0)
        {
            return null;
        }

        var counts = deciding.ToDictionary(name => name, CountOf, StringComparer.Ordinal);
        var count = counts.Values.Max();
        if (deciding != own && counts.Values.Min() != count)
        {
            return $"Following topics do not have the same number of partitions: [{string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))}]";
        }

        if (settled.Find(name => ownCounts[name] != count) is { } other)
        {
            return $"Number of partitions [{ownCounts[other]}] of repartition topic [{other}] doesn't match number of partitions [{count}] of the source topic.";
        }

        foreach (var name in own)
        {
            ownCounts[name] = count;
        }

        return null;

        int CountOf(string name) => ownCounts.TryGetValue(name, out var known) ? known : countOfSource(name);
    }
}
