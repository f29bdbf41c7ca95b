namespace Spate.Coordination.Groups;

/// <summary>A group whose partitions the broker assigns, whatever protocol it speaks: what everybody needs to know of it.</summary>
internal interface IAssignedGroup
{
    /// <summary>Which kind of group it is, as ListGroups says it: one of <see cref="GroupTypes"/>.</summary>
    string Type { get; }

    /// <summary>What its members call their protocol, as ListGroups says it.</summary>
    string ProtocolType { get; }

    /// <summary>Where it stands, as ListGroups says it.</summary>
    string StateName { get; }

    bool HasMembers { get; }

    /// <summary>The group is among the shard's from now on.</summary>
    void BeCounted();

    /// <summary>The shard has forgotten the group, or it speaks another protocol now.</summary>
    void BeForgotten();
}
