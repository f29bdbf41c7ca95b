namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>Why an application cannot run with the topics that there are.</summary>
internal sealed record TopologyFault(StreamsStatus Status, string Detail);
