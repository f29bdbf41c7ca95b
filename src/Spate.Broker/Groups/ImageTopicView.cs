using System.Collections.Concurrent;
using Spate.Coordination.Topics;
using Spate.Metadata;
using Spate.Metadata.Images;
using Spate.Protocol;

namespace Spate.Broker.Groups;

/// <summary>The topics of one image. What assignors want to know of a topic is worked out when a group first asks for it, and kept.</summary>
internal sealed class ImageTopicView(ClusterImage image) : ITopicView
{
    private readonly ConcurrentDictionary<Uuid, TopicDescription> _descriptions = new();

    public long Version => image.Position.EndOffset;

    public IEnumerable<string> Names => image.TopicsByName.Keys;

    /// <summary>Whether another image says the same of topics, and of where brokers stand.</summary>
    public bool IsOf(ClusterImage other) =>
        ReferenceEquals(image.TopicsByName, other.TopicsByName) && ReferenceEquals(image.Brokers, other.Brokers);

    public TopicDescription? Find(string name) => image.TryGetTopic(name, out var topic) ? Describe(topic) : null;

    public TopicDescription? Find(Uuid id) => image.TryGetTopic(id, out var topic) ? Describe(topic) : null;

    private TopicDescription Describe(TopicImage topic) => _descriptions.GetOrAdd(
        topic.Id,
        static (_, known) => new TopicDescription(known.topic.Id, known.topic.Name, known.topic.Partitions.Length, Racks(known.topic, known.image))
        {
            IsInternal = TopicName.IsInternal(known.topic.Name),
        },
        (topic, image));

    private static string[][]? Racks(TopicImage topic, ClusterImage image)
    {
        string[][] racks =
        [
            .. topic.Partitions.Select(partition => partition.Replicas
                .Select(node => image.Brokers.Find(node)?.Rack)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .ToArray()),
        ];
        return Array.TrueForAll(racks, each => each.Length == 0) ? null : racks;
    }
}
