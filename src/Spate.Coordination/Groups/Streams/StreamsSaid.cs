using Spate.Coordination.Groups.Consumer;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What a member says in a heartbeat.</summary>
/// <param name="Member">The member before it; one who is new has nothing.</param>
/// <param name="Metadata">What it says of itself now.</param>
/// <param name="Owned">What it says that it has; null when it does not say.</param>
/// <param name="Told">How far it has the state of tasks, as is known with what it says now; null when nothing is known.</param>
internal sealed record StreamsSaid(StreamsMember Member, StreamsMemberMetadata Metadata, TaskAssignment? Owned, ToldOffsets? Told)
{
    /// <summary>What the member has to begin with. One that has come back in another process has left everything behind in the former.</summary>
    public CurrentTasks Current => Member.Metadata.ProcessId == Metadata.ProcessId || Member.Current.Epoch == MemberEpochs.Joining
        ? Member.Current
        : Member.Current with { State = MemberState.UnreleasedPartitions, Assigned = TaskAssignment.Empty, PendingRevocation = TaskAssignment.Empty };
}
