using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>
/// All that has been decided, as of one point of the metadata log. Immutable: applying a record gives the next image, and whoever holds an
/// old one may go on reading it. This is the only way in which decided state changes, live and on replay alike.
/// </summary>
public sealed record ClusterImage
{
    private const sbyte NoMigration = 0;
    private const sbyte MigrationDone = 3;

    /// <summary>Nothing decided yet.</summary>
    public static ClusterImage Empty { get; } = new();

    public ImmutableDictionary<string, TopicImage> TopicsByName { get; private init; } =
        ImmutableDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    public ImmutableDictionary<Uuid, TopicImage> TopicsById { get; private init; } = ImmutableDictionary<Uuid, TopicImage>.Empty;

    /// <summary>What was set on topics, brokers, groups and so on.</summary>
    public ConfigsImage Configs { get; private init; } = ConfigsImage.Empty;

    /// <summary>The brokers that have registered.</summary>
    public BrokersImage Brokers { get; private init; } = BrokersImage.Empty;

    /// <summary>The controllers that have registered.</summary>
    public ControllersImage Controllers { get; private init; } = ControllersImage.Empty;

    /// <summary>The levels of the cluster's features.</summary>
    public FeaturesImage Features { get; private init; } = FeaturesImage.Empty;

    /// <summary>The ids of producers that have been given out.</summary>
    public ProducerIdsImage ProducerIds { get; private init; } = ProducerIdsImage.Empty;

    /// <summary>How far the log of decisions has been followed.</summary>
    public MetadataPosition Position { get; private init; } = MetadataPosition.Start;

    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicImage? topic) => TopicsByName.TryGetValue(name, out topic);

    public bool TryGetTopic(Uuid id, [NotNullWhen(true)] out TopicImage? topic) => TopicsById.TryGetValue(id, out topic);

    /// <summary>The settings given to a topic itself, by name, as written.</summary>
    public ImmutableSortedDictionary<string, string> ConfigOf(TopicImage topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return Configs.Of(ConfigResource.Topic(topic.Name));
    }

    /// <summary>Those of the topics that are there.</summary>
    internal IEnumerable<TopicImage> FindTopics(IEnumerable<Uuid> ids)
    {
        foreach (var id in ids)
        {
            if (TryGetTopic(id, out var topic))
            {
                yield return topic;
            }
        }
    }

    /// <summary>The image after one more record.</summary>
    /// <exception cref="InvalidOperationException">The record speaks of something that was never decided: the log is not ours or broken.</exception>
    public ClusterImage Apply(IMetadataRecord record) => record switch
    {
        TopicRecord topic => Apply(topic),
        PartitionRecord partition => With(Expect(partition.TopicId, "a partition").With(partition)),
        ConfigRecord config => Apply(config),
        PartitionChangeRecord change => With(Expect(change.TopicId, "a change of a partition").With(change)),
        RemoveTopicRecord removal => Without(Expect(removal.TopicId, "a removal")),
        RegisterBrokerRecord broker => this with { Brokers = Brokers.With(broker) },
        BrokerRegistrationChangeRecord change => this with { Brokers = Brokers.With(change) },
        FenceBrokerRecord fence => this with { Brokers = Brokers.With(fence) },
        UnfenceBrokerRecord unfence => this with { Brokers = Brokers.With(unfence) },
        UnregisterBrokerRecord removal => this with { Brokers = Brokers.Without(removal) },
        RegisterControllerRecord controller => this with { Controllers = Controllers.With(controller) },
        FeatureLevelRecord level => this with { Features = Features.With(level) },
        ProducerIdsRecord ids => this with { ProducerIds = ProducerIds.With(ids) },

        // Written so that the log moves on; says nothing.
        NoOpRecord => this,

        // A cluster that never had ZooKeeper, or has left it for good, says so once and is not asked again.
        ZkMigrationStateRecord { ZkMigrationState: NoMigration or MigrationDone } => this,
        _ => throw new InvalidOperationException($"The metadata log holds a {record?.GetType().Name}, which this version cannot apply; a version that can must be started."),
    };

    /// <summary>The same image, as of a position of the log.</summary>
    public ClusterImage At(MetadataPosition position) => this with { Position = position };

    /// <summary>The records that make this image out of an empty one: what a snapshot holds.</summary>
    public IEnumerable<IMetadataRecord> ToRecords()
    {
        var topics = TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).SelectMany(topic => topic.ToRecords());
        return [.. Features.ToRecords(), .. Brokers.ToRecords(), .. Controllers.ToRecords(), .. topics, .. Configs.ToRecords(), .. ProducerIds.ToRecords()];
    }

    private ClusterImage Apply(TopicRecord topic) => TopicsByName.ContainsKey(topic.Name) || TopicsById.ContainsKey(topic.TopicId)
        ? throw new InvalidOperationException($"The metadata log creates the topic '{topic.Name}' of the id {topic.TopicId}, and has one of that name or id.")
        : With(new TopicImage(topic.TopicId, topic.Name, []));

    private ClusterImage Apply(ConfigRecord config) =>
        config.ResourceType == ConfigResourceType.Topic && !TopicsByName.ContainsKey(config.ResourceName)
            ? throw new InvalidOperationException($"The metadata log sets '{config.Name}' on the topic '{config.ResourceName}', which it does not know.")
            : this with { Configs = Configs.With(config) };

    private TopicImage Expect(Uuid id, string what) => TopicsById.TryGetValue(id, out var topic)
        ? topic
        : throw new InvalidOperationException($"The metadata log holds {what} of the topic {id}, which it does not know.");

    private ClusterImage With(TopicImage topic) => this with
    {
        TopicsByName = TopicsByName.SetItem(topic.Name, topic),
        TopicsById = TopicsById.SetItem(topic.Id, topic),
    };

    private ClusterImage Without(TopicImage topic) => this with
    {
        TopicsByName = TopicsByName.Remove(topic.Name),
        TopicsById = TopicsById.Remove(topic.Id),
        Configs = Configs.Without(ConfigResource.Topic(topic.Name)),
    };
}
