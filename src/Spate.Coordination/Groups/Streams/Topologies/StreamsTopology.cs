using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>What an application is made of, as its members have told it. Immutable; the same whenever it says the same.</summary>
internal sealed class StreamsTopology : IEquatable<StreamsTopology>
{
    private readonly byte[] _bytes;

    private StreamsTopology(StreamsGroupTopologyValue value)
    {
        Value = value;
        _bytes = RecordFormat.Encode(value, 0);
        Subtopologies = value.Subtopologies.ConvertAll(Subtopology.Read);
        SourceTopics = new HashSet<string>(Subtopologies.SelectMany(each => each.InputTopics), StringComparer.Ordinal);
        RequiredTopics = new HashSet<string>(SourceTopics.Concat(Subtopologies.SelectMany(each => each.Changelogs).Select(topic => topic.Name)), StringComparer.Ordinal);
    }

    /// <summary>How often the application has changed what it is made of.</summary>
    public int Epoch => Value.Epoch;

    /// <summary>The same as it is written down.</summary>
    public StreamsGroupTopologyValue Value { get; }

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Subtopology> Subtopologies { get; }

    /// <summary>The topics that any part reads, the application's own among them.</summary>
    public IReadOnlySet<string> SourceTopics { get; }

    /// <summary>All topics that must be there for the application to run.</summary>
    public IReadOnlySet<string> RequiredTopics { get; }

    public static StreamsTopology Read(StreamsGroupTopologyValue value)
    {
        value.Subtopologies.Sort((one, other) => string.CompareOrdinal(one.SubtopologyId, other.SubtopologyId));
        return new StreamsTopology(value);
    }

    /// <summary>What a member says; <see cref="TopologyRules"/> have been asked before.</summary>
    public static StreamsTopology Of(StreamsGroupHeartbeatRequest.StreamsTopology said) => Read(new StreamsGroupTopologyValue
    {
        Epoch = said.Epoch,
        Subtopologies = said.Subtopologies.ConvertAll(each => new StreamsGroupTopologyValue.Subtopology
        {
            SubtopologyId = each.SubtopologyId,
            SourceTopics = each.SourceTopics,
            SourceTopicRegex = each.SourceTopicRegex,
            StateChangelogTopics = each.StateChangelogTopics.ConvertAll(Topic),
            RepartitionSinkTopics = each.RepartitionSinkTopics,
            RepartitionSourceTopics = each.RepartitionSourceTopics.ConvertAll(Topic),
            CopartitionGroups = each.CopartitionGroups.ConvertAll(group => new StreamsGroupTopologyValue.CopartitionGroup
            {
                SourceTopics = group.SourceTopics,
                SourceTopicRegex = group.SourceTopicRegex,
                RepartitionSourceTopics = group.RepartitionSourceTopics,
            }),
        }),
    });

    public bool Equals([NotNullWhen(true)] StreamsTopology? other) =>
        other is not null && (ReferenceEquals(this, other) || _bytes.AsSpan().SequenceEqual(other._bytes));

    public override bool Equals(object? obj) => Equals(obj as StreamsTopology);

    public override int GetHashCode() => HashCode.Combine(Epoch, _bytes.Length);

    private static StreamsGroupTopologyValue.TopicInfo Topic(StreamsGroupHeartbeatRequest.TopicConfiguration topic) => new()
    {
        Name = topic.Name,
        Partitions = topic.Partitions,
        ReplicationFactor = topic.ReplicationFactor,
        TopicConfigs = topic.TopicConfigs.ConvertAll(config => new StreamsGroupTopologyValue.TopicConfig { Key = config.Key, Value = config.Value }),
    };
}
