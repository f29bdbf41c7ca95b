using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>
/// What one decision changed: the image before, the image after, and what its records touched, so that nobody who obeys it has to walk over
/// all that did not change. Immutable.
/// </summary>
public sealed class ClusterDelta
{
    private readonly HashSet<Uuid> _topics;
    private readonly HashSet<ConfigResource> _configs;

    private ClusterDelta(ClusterImage before, ClusterImage after, HashSet<Uuid> topics, HashSet<ConfigResource> configs)
    {
        Before = before;
        After = after;
        _topics = topics;
        _configs = configs;
    }

    public ClusterImage Before { get; }

    /// <summary>Its position is behind the records, provided that each took one offset.</summary>
    public ClusterImage After { get; }

    public IEnumerable<TopicImage> CreatedTopics => After.FindTopics(_topics).Where(topic => !Before.TryGetTopic(topic.Id, out _));

    public IEnumerable<TopicImage> DeletedTopics => Before.FindTopics(_topics).Where(topic => !After.TryGetTopic(topic.Id, out _));

    /// <summary>Topics that were there before and have other partitions, leaders or replicas now, as they are now.</summary>
    public IEnumerable<TopicImage> ChangedTopics => After.FindTopics(_topics)
        .Where(topic => Before.TryGetTopic(topic.Id, out var before) && !ReferenceEquals(before, topic));

    /// <summary>What has other settings now. A topic that is gone is among <see cref="DeletedTopics"/> instead, unless a record set something on it before.</summary>
    public IEnumerable<ConfigResource> ChangedConfigs => _configs.Where(resource => !ReferenceEquals(Before.Configs.Of(resource), After.Configs.Of(resource)));

    /// <summary>What records make of an image.</summary>
    /// <exception cref="InvalidOperationException">A record speaks of something that was never decided.</exception>
    public static ClusterDelta Of(ClusterImage before, IEnumerable<IMetadataRecord> records)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(records);
        return new ClusterDelta(before, before, [], []).And(records);
    }

    /// <summary>What more records make of it, from the same image before.</summary>
    /// <exception cref="InvalidOperationException">A record speaks of something that was never decided.</exception>
    internal ClusterDelta And(IEnumerable<IMetadataRecord> records)
    {
        HashSet<Uuid> topics = [.. _topics];
        HashSet<ConfigResource> configs = [.. _configs];
        var after = After;
        var end = after.Position.EndOffset;
        foreach (var record in records)
        {
            after = after.Apply(record);
            Note(record, topics, configs);
            end++;
        }

        return new ClusterDelta(Before, after.At(after.Position with { EndOffset = end }), topics, configs);
    }

    /// <summary>The same, with the position at which the records were really committed.</summary>
    internal ClusterDelta At(MetadataPosition position) => new(Before, After.At(position), _topics, _configs);

    private static void Note(IMetadataRecord record, HashSet<Uuid> topics, HashSet<ConfigResource> configs)
    {
        switch (record)
        {
            case TopicRecord topic:
                topics.Add(topic.TopicId);
                break;
            case PartitionRecord partition:
                topics.Add(partition.TopicId);
                break;
            case PartitionChangeRecord change:
                topics.Add(change.TopicId);
                break;
            case RemoveTopicRecord removal:
                topics.Add(removal.TopicId);
                break;
            case ConfigRecord config:
                configs.Add(new ConfigResource(config.ResourceType, config.ResourceName));
                break;
        }
    }
}
