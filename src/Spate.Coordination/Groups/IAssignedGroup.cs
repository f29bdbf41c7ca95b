using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups;

/// <summary>
/// A group whose work the broker assigns: what a <see cref="Group"/> wants to know of it whichever protocol its members speak. Its members
/// and all that it is change by applying records.
/// </summary>
internal interface IAssignedGroup
{
    string Id { get; }

    /// <summary>Which kind of group it is: one of <see cref="GroupTypes"/>.</summary>
    string Type { get; }

    /// <summary>What its members call their protocol in ListGroups.</summary>
    string ProtocolType { get; }

    /// <summary>Where it stands, as ListGroups says it.</summary>
    string StateName { get; }

    bool HasMembers { get; }

    /// <summary>The topics that members read, whose offsets are in use.</summary>
    IReadOnlySet<string> SubscribedTopics();

    /// <summary>What offsets of a member are held to; null when it is none.</summary>
    MemberStanding? StandingOf(string memberId);

    /// <summary>Takes back all that the log says of it; its offsets are another matter.</summary>
    void AddTombstones(List<CoordinatorRecord> records);

    /// <summary>The group is among the shard's from now on.</summary>
    void BeCounted();

    /// <summary>The shard has forgotten the group, or it speaks another protocol now.</summary>
    void BeForgotten();
}
