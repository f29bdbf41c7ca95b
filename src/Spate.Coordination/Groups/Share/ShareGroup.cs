using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// A group whose members share partitions record by record (KIP-932). All of it is what the log tells and changes only by applying records, except for what it was last
/// held against. The group's epoch rises when something changes that an assignment depends on, the target assignment is made for it, and each member goes there by its
/// next heartbeat: nobody has to give anything up first.
/// </summary>
internal sealed class ShareGroup(string id, GroupCounts counts) : IAssignedGroup
{
    private readonly Dictionary<string, ShareMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PartitionSet> _targets = new(StringComparer.Ordinal);
    private readonly CountedState<ShareGroupState> _counted = new(counts.Share);

    public string Id { get; } = id;

    public string Type => GroupTypes.Share;

    public string ProtocolType => GroupTypes.Share;

    public string StateName => State.ToString();

    public bool HasMembers => _members.Count > 0;

    /// <summary>What becomes of each record is kept elsewhere, record by record.</summary>
    public bool KeepsOffsets => false;

    /// <summary>From 1; 0 before anything was decided.</summary>
    public int Epoch { get; private set; }

    /// <summary>What the topics that members read looked like when the epoch last rose.</summary>
    public long MetadataHash { get; private set; }

    /// <summary>The epoch that the target assignment was made for.</summary>
    public int AssignmentEpoch { get; private set; }

    /// <summary>Which partitions there is delivery state for.</summary>
    public ShareLedger Ledger { get; private set; } = ShareLedger.Empty;

    /// <summary>The topics that the group was last held against, so that it need not be done again. Not logged.</summary>
    public ITopicView? CheckedTopics { get; set; }

    /// <summary>The ledger that the group was last held against, likewise.</summary>
    public ShareLedger? CheckedLedger { get; set; }

    public IReadOnlyCollection<ShareMember> Members => _members.Values;

    public IReadOnlyDictionary<string, PartitionSet> Targets => _targets;

    public ShareGroupState State => _members.Count == 0 ? ShareGroupState.Empty : ShareGroupState.Stable;

    public bool TryGetMember(string memberId, [NotNullWhen(true)] out ShareMember? member) => _members.TryGetValue(memberId, out member);

    public IReadOnlySet<string> SubscribedTopics() => _members.Values.SelectMany(member => member.Metadata.Topics).ToHashSet(StringComparer.Ordinal);

    public MemberStanding? StandingOf(string memberId) => _members.TryGetValue(memberId, out var member) ? new MemberStanding(member.Current.Epoch) : null;

    public void AddTombstones(List<CoordinatorRecord> records)
    {
        ShareGroupRecords.AddTombstones(Id, Members, records);
        records.Add(ShareGroupRecords.TargetEpochTombstone(Id));
        records.Add(ShareGroupRecords.LedgerTombstone(Id));
        records.Add(ShareGroupRecords.GroupTombstone(Id));
    }

    /// <summary>What a member is to have.</summary>
    public PartitionSet TargetOf(string memberId) => _targets.GetValueOrDefault(memberId, PartitionSet.Empty);

    public void SetEpoch(int epoch, long metadataHash) => (Epoch, MetadataHash) = (epoch, metadataHash);

    public void SetAssignmentEpoch(int epoch) => AssignmentEpoch = epoch;

    public void SetLedger(ShareLedger ledger) => Ledger = ledger;

    public void SetTarget(string memberId, PartitionSet partitions) => _targets[memberId] = partitions;

    public void RemoveTarget(string memberId) => _targets.Remove(memberId);

    public void SetMetadata(string memberId, ShareMemberMetadata metadata) => Set(Of(memberId) with { Metadata = metadata });

    /// <summary>A log that is being compacted may tell what a member has before it tells of the member.</summary>
    public void SetCurrent(string memberId, ShareAssignment current) => Set(Of(memberId) with { Current = current });

    public void RemoveCurrent(string memberId)
    {
        if (_members.ContainsKey(memberId))
        {
            SetCurrent(memberId, ShareAssignment.None with { Epoch = MemberEpochs.Leaving });
        }
    }

    public void RemoveMember(string memberId)
    {
        _members.Remove(memberId);
        _counted.Move(State);
    }

    public void BeCounted() => _counted.Begin(State);

    public void BeForgotten() => _counted.End();

    private ShareMember Of(string memberId) => _members.GetValueOrDefault(memberId) ?? ShareMember.New(memberId);

    private void Set(ShareMember member)
    {
        _members[member.Id] = member;
        _counted.Move(State);
    }
}
