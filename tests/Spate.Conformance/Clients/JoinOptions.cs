namespace Spate.Conformance.Clients;

/// <summary>How a member joins its group. It begins where the group stands, and at the beginning in a new group; it commits when it is told to.</summary>
/// <param name="Group">The group.</param>
/// <param name="Topics">What it reads.</param>
internal sealed record JoinOptions(string Group, params string[] Topics)
{
    /// <summary>Whether partitions move one by one.</summary>
    public bool Cooperative { get; init; }

    /// <summary>The member's lasting name, or null when it has none.</summary>
    public string? Instance { get; init; }

    /// <summary>After how many records it tells of no more, and commits no more; null for all.</summary>
    public int? Most { get; init; }

    /// <summary>How long the group waits for a member that is silent, in milliseconds.</summary>
    public int SessionTimeout { get; init; } = 10_000;
}
