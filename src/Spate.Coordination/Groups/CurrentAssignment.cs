using Spate.Coordination.Groups.Consumer;

namespace Spate.Coordination.Groups;

/// <summary>What a member has, and in which epoch, as the log keeps it. Immutable.</summary>
/// <typeparam name="TWork">What members are assigned.</typeparam>
internal sealed record CurrentAssignment<TWork>
    where TWork : class, IWork<TWork>
{
    /// <summary>Of a member that has just come.</summary>
    public static CurrentAssignment<TWork> None { get; } = new();

    /// <summary>The epoch that the member must name: that of the target assignment which it has last reached.</summary>
    public int Epoch { get; init; }

    /// <summary>The one before, which it may still name when the answer that told it of the present one was lost.</summary>
    public int PreviousEpoch { get; init; } = MemberEpochs.Leaving;

    public MemberState State { get; init; }

    /// <summary>What it may work on.</summary>
    public TWork Assigned { get; init; } = TWork.Empty;

    /// <summary>What it was told to give up. Nobody else gets it before the member says that it has.</summary>
    public TWork PendingRevocation { get; init; } = TWork.Empty;

    /// <summary>Whether there is nothing left to do on the way to a target assignment.</summary>
    public bool HasReached(int targetEpoch) => State == MemberState.Stable && Epoch == targetEpoch;

    /// <summary>The member goes to an epoch, or stays in the one it is in.</summary>
    public CurrentAssignment<TWork> In(int epoch, MemberState state, TWork assigned, TWork pendingRevocation) => new()
    {
        Epoch = epoch,
        PreviousEpoch = epoch == Epoch ? PreviousEpoch : Epoch,
        State = state,
        Assigned = assigned,
        PendingRevocation = pendingRevocation,
    };
}
