using Spate.Protocol.Errors;

namespace Spate.Client.Consuming.Groups;

/// <summary>How many partitions topics have, kept up to date for the member that assigns them.</summary>
internal sealed class TopicCounts(Cluster cluster)
{
    /// <summary>How often the picture is asked for anew when a topic is not in it: one that is being created takes a moment.</summary>
    private const int RefreshesMax = 3;

    /// <summary>Those that are there. What is not is asked for a few times first.</summary>
    /// <param name="topics">The topics.</param>
    /// <param name="mayCreate">Whether brokers may create what is not there: what the caller has named, and not what a pattern has found or others subscribe to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Dictionary<string, int>> LearnAsync(IReadOnlyCollection<string> topics, bool mayCreate, CancellationToken cancellationToken)
    {
        var known = Look(topics, mayCreate);
        for (var refreshes = 1; known.Count < topics.Count && refreshes <= RefreshesMax; refreshes++)
        {
            await cluster.Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
            known = Look(topics, mayCreate);
            if (known.Count < topics.Count)
            {
                await Task.Delay(cluster.Options.NewRetryBackoff().After(refreshes, cluster.Chance), cluster.Clock, cancellationToken).ConfigureAwait(false);
            }
        }

        return known;
    }

    /// <summary>Those that are there as far as is known now. What is not is asked for.</summary>
    /// <inheritdoc cref="LearnAsync" path="/param"/>
    public Dictionary<string, int> Look(IReadOnlyCollection<string> topics, bool mayCreate)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            cluster.Metadata.Watch(topic, mayCreate);
            if (cluster.Metadata.Current.Topics.TryGetValue(topic, out var found) && found.Error == ErrorCode.None)
            {
                known[topic] = found.Partitions.Count;
            }
        }

        if (known.Count < topics.Count)
        {
            cluster.Metadata.Invalidate();
        }

        return known;
    }
}
