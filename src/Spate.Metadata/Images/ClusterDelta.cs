using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>
/// What one decision changed: the image before, the image after, and what its records touched, so that nobody who obeys it has to walk over
/// all that did not change. Immutable.
/// </summary>
public sealed class ClusterDelta
{
    private readonly HashSet<Uuid> _topics = [];
    private readonly HashSet<ConfigResource> _configs = [];

    private ClusterDelta(ClusterImage before, IEnumerable<IMetadataRecord> records)
    {
        Before = before;
        After = before;
        foreach (var record in records)
        {
            After = After.Apply(record);
            Note(record);
        }
    }

    public ClusterImage Before { get; }

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
        return new ClusterDelta(before, records);
    }

    private void Note(IMetadataRecord record)
    {
        switch (record)
        {
            case TopicRecord topic:
                _topics.Add(topic.TopicId);
                break;
            case PartitionRecord partition:
                _topics.Add(partition.TopicId);
                break;
            case PartitionChangeRecord change:
                _topics.Add(change.TopicId);
                break;
            case RemoveTopicRecord removal:
                _topics.Add(removal.TopicId);
                break;
            case ConfigRecord config:
                _configs.Add(new ConfigResource(config.ResourceType, config.ResourceName));
                break;
        }
    }
}
