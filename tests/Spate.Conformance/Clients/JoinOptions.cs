namespace Spate.Conformance.Clients;

/// <summary>How a member joins its group. It begins where the group stands, and at the beginning in a new group; it commits when it is told to.</summary>
/// <param name="Group">The group.</param>
/// <param name="Topics">What it reads.</param>
internal sealed record JoinOptions(string Group, params string[] Topics)
{
    /// <summary>How the members agree on who has what.</summary>
    public GroupManner Manner { get; init; } = GroupManner.Eager;

    /// <summary>The member's lasting name, or null when it has none.</summary>
    public string? Instance { get; init; }

    /// <summary>After how many records it tells of no more, and commits no more; null for all.</summary>
    public int? Most { get; init; }

    /// <summary>How long the group waits for a member that is silent, in milliseconds; with the consumer protocol the broker says it.</summary>
    public int SessionTimeout { get; init; } = 10_000;
}
