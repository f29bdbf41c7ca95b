using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// A group whose partitions the broker assigns (KIP-848). All of it is what the log tells and changes only by applying records, except for
/// <see cref="CheckedTopics"/>. Three kinds of epochs follow one another: the group's rises when something changes that an assignment depends
/// on, that of the target assignment follows it, and each member's follows that, at the member's own pace.
/// </summary>
internal sealed class ConsumerGroup(string id, GroupCounts counts) : IAssignedGroup
{
    private readonly Dictionary<string, ConsumerMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PartitionSet> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResolvedRegex> _regexes = new(StringComparer.Ordinal);
    private readonly PartitionOwners _owners = new();
    private int _unreached;
    private readonly CountedState<ConsumerGroupState> _counted = new(counts.Consumer);

    public string Id { get; } = id;

    public string Type => GroupTypes.Consumer;

    public string ProtocolType => ConsumerSubscription.ProtocolType;

    public string StateName => State.ToString();

    public bool HasMembers => _members.Count > 0;

    /// <summary>From 1; 0 before anything was decided.</summary>
    public int Epoch { get; private set; }

    /// <summary>What the topics that members read looked like when the epoch last rose.</summary>
    public long MetadataHash { get; private set; }

    /// <summary>The epoch that the target assignment was made for.</summary>
    public int AssignmentEpoch { get; private set; }

    /// <summary>Whether the log holds topics in the way of Kafka 4.0, which the hash has taken the place of.</summary>
    public bool HasPartitionMetadata { get; private set; }

    /// <summary>The topics that the group was last held against, so that it need not be done again. Not logged.</summary>
    public ITopicView? CheckedTopics { get; set; }

    public IReadOnlyCollection<ConsumerMember> Members => _members.Values;

    public IReadOnlyDictionary<string, ResolvedRegex> Regexes => _regexes;

    public IReadOnlyDictionary<string, PartitionSet> Targets => _targets;

    public PartitionOwners Owners => _owners;

    public ConsumerGroupState State =>
        _members.Count == 0 ? ConsumerGroupState.Empty
        : Epoch > AssignmentEpoch ? ConsumerGroupState.Assigning
        : _unreached > 0 ? ConsumerGroupState.Reconciling
        : ConsumerGroupState.Stable;

    public bool TryGetMember(string memberId, [NotNullWhen(true)] out ConsumerMember? member) => _members.TryGetValue(memberId, out member);

    public ConsumerMember? FindInstance(string instanceId) =>
        _instances.TryGetValue(instanceId, out var memberId) ? _members.GetValueOrDefault(memberId) : null;

    /// <summary>The names that members subscribe to, themselves or by what their regular expressions have come to.</summary>
    public IReadOnlySet<string> SubscribedTopics()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _members.Values)
        {
            names.UnionWith(member.Metadata.Topics);
        }

        foreach (var resolved in _regexes.Values)
        {
            names.UnionWith(resolved.Topics);
        }

        return names;
    }

    public MemberStanding? StandingOf(string memberId) =>
        _members.TryGetValue(memberId, out var member) ? new MemberStanding(member.Current.Epoch, member.SpeaksClassic) : null;

    public void AddTombstones(List<CoordinatorRecord> records) => ConsumerGroupRemoval.AddTombstones(this, records);

    /// <summary>What a member is to have.</summary>
    public PartitionSet TargetOf(string memberId) => _targets.GetValueOrDefault(memberId, PartitionSet.Empty);

    public void SetEpoch(int epoch, long metadataHash)
    {
        Epoch = epoch;
        MetadataHash = metadataHash;
        Recount();
    }

    public void SetAssignmentEpoch(int epoch)
    {
        AssignmentEpoch = epoch;
        _unreached = _members.Values.Count(member => !member.Current.HasReached(epoch));
        Recount();
    }

    public void SetPartitionMetadata(bool isThere) => HasPartitionMetadata = isThere;

    public void SetTarget(string memberId, PartitionSet partitions) => _targets[memberId] = partitions;

    public void RemoveTarget(string memberId) => _targets.Remove(memberId);

    public void SetRegex(string regex, ResolvedRegex resolved) => _regexes[regex] = resolved;

    public void RemoveRegex(string regex) => _regexes.Remove(regex);

    public void SetMetadata(string memberId, MemberMetadata metadata)
    {
        if (!_members.TryGetValue(memberId, out var member))
        {
            member = new ConsumerMember(memberId, metadata, CurrentAssignment.None);
            _unreached += Unreached(member);
        }

        if (metadata.InstanceId is not null)
        {
            _instances[metadata.InstanceId] = memberId;
        }

        _members[memberId] = member with { Metadata = metadata };
        Recount();
    }

    public void SetCurrent(string memberId, CurrentAssignment current)
    {
        // A log that is being compacted may tell what a member has before it tells of the member.
        var member = _members.GetValueOrDefault(memberId) ?? new ConsumerMember(memberId, MemberMetadata.None, current);
        if (_members.ContainsKey(memberId))
        {
            _unreached -= Unreached(member);
            _owners.Release(memberId, member.Current.Assigned);
            _owners.Release(memberId, member.Current.PendingRevocation);
        }

        var changed = member with { Current = current };
        _owners.Take(memberId, current.Assigned);
        _owners.Take(memberId, current.PendingRevocation);
        _members[memberId] = changed;
        _unreached += Unreached(changed);
        Recount();
    }

    public void RemoveCurrent(string memberId)
    {
        if (_members.ContainsKey(memberId))
        {
            SetCurrent(memberId, CurrentAssignment.None with { Epoch = MemberEpochs.Leaving });
        }
    }

    public void RemoveMember(string memberId)
    {
        RemoveCurrent(memberId);
        if (!_members.Remove(memberId, out var member))
        {
            return;
        }

        _unreached -= Unreached(member);
        if (member.Metadata.InstanceId is { } instanceId && _instances.GetValueOrDefault(instanceId) == memberId)
        {
            _instances.Remove(instanceId);
        }

        Recount();
    }

    public void BeCounted() => _counted.Begin(State);

    public void BeForgotten() => _counted.End();

    private int Unreached(ConsumerMember member) => member.Current.HasReached(AssignmentEpoch) ? 0 : 1;

    private void Recount() => _counted.Move(State);
}
