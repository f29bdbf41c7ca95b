namespace Spate.Coordination.Groups.Consumer;

/// <summary>How far a member has come on the way to its target assignment. The numbers stand in the log.</summary>
internal enum MemberState : sbyte
{
    /// <summary>It has what it is to have in its epoch.</summary>
    Stable = 0,

    /// <summary>It was told to give partitions up and has not said yet that it has.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It waits for partitions that others have not given up yet.</summary>
    UnreleasedPartitions = 2,

    /// <summary>A state of a newer broker, which this one cannot act on.</summary>
    Unknown = 127,
}
