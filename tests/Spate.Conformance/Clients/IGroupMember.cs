namespace Spate.Conformance.Clients;

/// <summary>A member of a group, inside a client that was started.</summary>
internal interface IGroupMember
{
    /// <summary>Raised, on any thread, after the member was told something.</summary>
    event EventHandler? Changed;

    /// <summary>Why it reads no more, or null.</summary>
    string? Failure { get; }

    /// <summary>The partitions that it has, as topic:partition.</summary>
    IReadOnlyList<string> Assigned { get; }

    /// <summary>How often it was told its partitions.</summary>
    int Assignments { get; }

    /// <summary>What it has read, in its order.</summary>
    IReadOnlyList<ClientRecord> Records { get; }

    /// <summary>Commits how far it has read in the partitions that it has.</summary>
    Task CommitAsync();

    /// <summary>Makes it leave the group, without committing.</summary>
    Task LeaveAsync();
}
