namespace Spate.Coordination.Groups.Share;

/// <summary>What a member has, and in which epoch, as the log keeps it. Immutable.</summary>
internal sealed record ShareAssignment
{
    /// <summary>Of a member that has just come.</summary>
    public static ShareAssignment None { get; } = new();

    /// <summary>The epoch that the member must name: that of the target assignment which it was last told of.</summary>
    public int Epoch { get; init; }

    /// <summary>The one before, which it may still name when the answer that told it of the present one was lost.</summary>
    public int PreviousEpoch { get; init; } = MemberEpochs.Leaving;

    /// <summary>What it may fetch. Others may fetch the same.</summary>
    public PartitionSet Assigned { get; init; } = PartitionSet.Empty;

    /// <summary>The member goes to an epoch, or stays in the one it is in.</summary>
    public ShareAssignment In(int epoch, PartitionSet assigned) => new()
    {
        Epoch = epoch,
        PreviousEpoch = epoch == Epoch ? PreviousEpoch : Epoch,
        Assigned = assigned.Equals(Assigned) ? Assigned : assigned,
    };
}
