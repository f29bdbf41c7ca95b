using System.Collections.Immutable;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>What is decided about one partition.</summary>
/// <param name="Index">The partition's index in its topic, from 0.</param>
/// <param name="Replicas">The nodes that hold it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those of them that have all that is committed.</param>
/// <param name="Leader">The node that takes writes, or -1 while there is none.</param>
/// <param name="LeaderEpoch">Rises by one with every new leader, from 0.</param>
/// <param name="PartitionEpoch">Rises by one with every change of this image, from 0.</param>
public sealed record PartitionImage(
    int Index,
    ImmutableArray<int> Replicas,
    ImmutableArray<int> InSyncReplicas,
    int Leader,
    int LeaderEpoch,
    int PartitionEpoch)
{
    /// <summary>What stands in a <see cref="PartitionChangeRecord"/> whose leader stays.</summary>
    internal const int LeaderUnchanged = -2;

    private const sbyte RecoveryUnchanged = -1;

    /// <summary>The replicas that a reassignment takes away; empty while there is none.</summary>
    public ImmutableArray<int> RemovingReplicas { get; init; } = [];

    /// <summary>The replicas that a reassignment brings; empty while there is none.</summary>
    public ImmutableArray<int> AddingReplicas { get; init; } = [];

    /// <summary>1 while the leader may lack records, because it was elected from outside those in sync; 0 otherwise.</summary>
    public sbyte LeaderRecoveryState { get; init; }

    /// <summary>The log directory of each replica, in their order, zero where it is not known (KIP-858); empty when none of them is.</summary>
    public ImmutableArray<Uuid> Directories { get; init; } = [];

    /// <summary>Replicas that have all that is committed though they are not in sync (KIP-966); null where nobody keeps track.</summary>
    public ImmutableArray<int>? EligibleLeaders { get; init; }

    /// <summary>The last ones of them that were known; null where nobody keeps track.</summary>
    public ImmutableArray<int>? LastKnownEligibleLeaders { get; init; }

    internal static PartitionImage From(PartitionRecord record) =>
        new(record.PartitionId, [.. record.Replicas], [.. record.Isr], record.Leader, record.LeaderEpoch, record.PartitionEpoch)
        {
            RemovingReplicas = [.. record.RemovingReplicas],
            AddingReplicas = [.. record.AddingReplicas],
            LeaderRecoveryState = record.LeaderRecoveryState,
            Directories = Known(record.Directories),
            EligibleLeaders = ToImage(record.EligibleLeaderReplicas),
            LastKnownEligibleLeaders = ToImage(record.LastKnownElr),
        };

    /// <summary>The partition after a record that says what is different: what it leaves out stays.</summary>
    internal PartitionImage With(PartitionChangeRecord change)
    {
        var hasNewLeader = change.Leader != LeaderUnchanged;
        var replicas = ToImage(change.Replicas) ?? Replicas;
        var directories = change.Directories is { } given ? Known(given) : Directories;
        return new PartitionImage(
            Index,
            replicas,
            ToImage(change.Isr) ?? InSyncReplicas,
            hasNewLeader ? change.Leader : Leader,
            hasNewLeader ? LeaderEpoch + 1 : LeaderEpoch,
            PartitionEpoch + 1)
        {
            RemovingReplicas = ToImage(change.RemovingReplicas) ?? RemovingReplicas,
            AddingReplicas = ToImage(change.AddingReplicas) ?? AddingReplicas,
            LeaderRecoveryState = change.LeaderRecoveryState == RecoveryUnchanged ? LeaderRecoveryState : change.LeaderRecoveryState,

            // Directories go with replicas one by one: those of other replicas say nothing of these.
            Directories = directories.Length == replicas.Length ? directories : [],
            EligibleLeaders = ToImage(change.EligibleLeaderReplicas) ?? EligibleLeaders,
            LastKnownEligibleLeaders = ToImage(change.LastKnownElr) ?? LastKnownEligibleLeaders,
        };
    }

    /// <summary>The record that decides the partition as it is now.</summary>
    internal PartitionRecord ToRecord(Uuid topicId) => new()
    {
        PartitionId = Index,
        TopicId = topicId,
        Replicas = [.. Replicas],
        Isr = [.. InSyncReplicas],
        RemovingReplicas = [.. RemovingReplicas],
        AddingReplicas = [.. AddingReplicas],
        Leader = Leader,
        LeaderRecoveryState = LeaderRecoveryState,
        LeaderEpoch = LeaderEpoch,
        PartitionEpoch = PartitionEpoch,
        Directories = Directories.IsEmpty ? [.. Enumerable.Repeat(Uuid.Zero, Replicas.Length)] : [.. Directories],
        EligibleLeaderReplicas = ToRecord(EligibleLeaders),
        LastKnownElr = ToRecord(LastKnownEligibleLeaders),
    };

    /// <summary>Nothing instead of zeros: whether a record names unknown directories or none is a matter of its version.</summary>
    private static ImmutableArray<Uuid> Known(List<Uuid> directories) => directories.TrueForAll(directory => directory.IsZero) ? [] : [.. directories];

    private static ImmutableArray<int>? ToImage(List<int>? nodes) => nodes is null ? null : [.. nodes];

    private static List<int>? ToRecord(ImmutableArray<int>? nodes) => nodes is { } known ? [.. known] : null;
}
