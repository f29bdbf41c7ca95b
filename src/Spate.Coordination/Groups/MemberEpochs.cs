namespace Spate.Coordination.Groups;

/// <summary>Epochs of members that mean something of their own.</summary>
internal static class MemberEpochs
{
    /// <summary>Sent by whoever joins, for the first time or again.</summary>
    public const int Joining = 0;

    /// <summary>Sent by a member that leaves for good; the epoch of one that is not there.</summary>
    public const int Leaving = -1;

    /// <summary>Sent by a static member that will be back; its epoch while it is away.</summary>
    public const int LeavingForAWhile = -2;
}
