using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What a group's topology comes to with the topics of one moment.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Topology">The topology.</param>
/// <param name="Hash">A number that is another one when the topics that it needs are others.</param>
/// <param name="Plan">What it comes to.</param>
internal sealed record CheckedTopology(ITopicView Topics, StreamsTopology Topology, long Hash, TopologyPlan Plan)
{
    public static CheckedTopology Of(StreamsTopology topology, ITopicView topics) => new(
        topics,
        topology,
        TopicHash.Of(topology.RequiredTopics.Select(topics.Find).OfType<TopicDescription>()),
        TopologyPlan.Of(topology, topics));

    /// <summary>The epoch of the topology when the application can run, and -1 when it cannot.</summary>
    public int ValidatedEpoch => Plan.IsReady ? Topology.Epoch : StreamsGroup.NotValidated;

    /// <summary>The same for the topics of now; this very object when they are the same.</summary>
    public CheckedTopology With(StreamsTopology topology, ITopicView topics) =>
        ReferenceEquals(topics, Topics) && topology.Equals(Topology) ? this : Of(topology, topics);
}
