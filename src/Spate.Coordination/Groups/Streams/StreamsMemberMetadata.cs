namespace Spate.Coordination.Groups.Streams;

/// <summary>What a member has said of itself, as the log keeps it. Immutable.</summary>
internal sealed record StreamsMemberMetadata
{
    /// <summary>Of a member that has said nothing yet.</summary>
    public static StreamsMemberMetadata None { get; } = new();

    /// <summary>The name under which a static member comes back; no member of today's has one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Where it stands, or null.</summary>
    public string? RackId { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientHost { get; init; } = "";

    /// <summary>How long it may take to give tasks up; -1 when it has not said.</summary>
    public int RebalanceTimeoutMs { get; init; } = -1;

    /// <summary>The epoch of the topology that it runs.</summary>
    public int TopologyEpoch { get; init; }

    /// <summary>The process that it is in; members of one process share a disk.</summary>
    public string ProcessId { get; init; } = "";

    /// <summary>Where it answers questions about its state, or null.</summary>
    public ClientEndpoint? Endpoint { get; init; }

    public ClientTags Tags { get; init; } = ClientTags.None;

    /// <summary>Whether the two are alike in all that an assignment may depend on.</summary>
    public bool IsAssignedLike(StreamsMemberMetadata other) =>
        ProcessId == other.ProcessId && RackId == other.RackId && TopologyEpoch == other.TopologyEpoch && Tags.Equals(other.Tags);
}
