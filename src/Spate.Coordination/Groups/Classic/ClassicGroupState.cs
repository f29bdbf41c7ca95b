namespace Spate.Coordination.Groups.Classic;

/// <summary>Where a classic group stands. The names are what ListGroups and DescribeGroups call them.</summary>
internal enum ClassicGroupState
{
    /// <summary>No members; offsets, perhaps.</summary>
    Empty,

    /// <summary>A round has begun: members are expected to join again.</summary>
    PreparingRebalance,

    /// <summary>All have joined; the leader is expected to hand out the assignments.</summary>
    CompletingRebalance,

    /// <summary>Everyone has, or can collect, an assignment.</summary>
    Stable,

    /// <summary>Removed.</summary>
    Dead,
}
