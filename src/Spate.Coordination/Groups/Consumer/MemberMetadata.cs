namespace Spate.Coordination.Groups.Consumer;

/// <summary>What a member has said of itself, as the log keeps it. Immutable.</summary>
internal sealed record MemberMetadata
{
    /// <summary>Of a member that has said nothing yet.</summary>
    public static MemberMetadata None { get; } = new();

    /// <summary>The name under which a static member comes back after a restart; null for a dynamic one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Where it stands, or null.</summary>
    public string? RackId { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientHost { get; init; } = "";

    /// <summary>How long it may take to give partitions up; -1 when it has not said.</summary>
    public int RebalanceTimeoutMs { get; init; } = -1;

    public TopicNames Topics { get; init; } = TopicNames.None;

    /// <summary>The regular expression that it subscribes to besides; null or empty when it does not.</summary>
    public string? Regex { get; init; }

    /// <summary>The assignor that it would like, or null.</summary>
    public string? ServerAssignor { get; init; }

    /// <summary>Null when it speaks the new protocol.</summary>
    public ClassicSide? Classic { get; init; }

    public bool HasRegex => !string.IsNullOrEmpty(Regex);
}
