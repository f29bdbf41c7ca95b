namespace Spate.Coordination.Groups.Share;

/// <summary>Where a share group stands. The names are what ListGroups and ShareGroupDescribe call them.</summary>
internal enum ShareGroupState
{
    /// <summary>No members; delivery state, perhaps.</summary>
    Empty,

    /// <summary>It has members. Nobody waits for anybody in such a group, so that there is nothing between.</summary>
    Stable,

    /// <summary>Removed.</summary>
    Dead,
}
