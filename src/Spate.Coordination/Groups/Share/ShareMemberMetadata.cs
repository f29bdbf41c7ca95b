namespace Spate.Coordination.Groups.Share;

/// <summary>What a member has said of itself, as the log keeps it. Immutable.</summary>
internal sealed record ShareMemberMetadata
{
    /// <summary>Of a member that has said nothing yet.</summary>
    public static ShareMemberMetadata None { get; } = new();

    /// <summary>Where it stands, or null.</summary>
    public string? RackId { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientHost { get; init; } = "";

    public TopicNames Topics { get; init; } = TopicNames.None;
}
