using System.Diagnostics.CodeAnalysis;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// A group whose leader, a client, assigns the partitions: JoinGroup, SyncGroup, Heartbeat, LeaveGroup. <see cref="Logged"/> is what the log
/// tells and changes only by applying a record; everything else is the round that is under way and is lost with the shard, after which
/// members find themselves in the last logged generation or join anew. In the states Empty and Stable the two say the same.
/// </summary>
internal sealed class ClassicGroup(string id, GroupCounts counts)
{
    private readonly Dictionary<string, ClassicMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClassicMember> _instances = new(StringComparer.Ordinal);

    public string Id { get; } = id;

    /// <summary>The group as the log has it; null before the first record and after the tombstone.</summary>
    public GroupMetadataValue? Logged { get; set; }

    public ClassicGroupState State { get; private set; }

    /// <summary>Whether the group is among the shard's; one that is not is not counted.</summary>
    public bool IsCounted { get; private set; }

    /// <summary>Counts completed rounds, from 0; never goes back while the group is known.</summary>
    public int Generation { get; private set; }

    /// <summary>What kind of group it is, <c>consumer</c> or <c>connect</c> for instance; null before the first member.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>The protocol that this generation assigns by; null without members.</summary>
    public string? Protocol { get; private set; }

    /// <summary>The member that assigns; null without members.</summary>
    public string? LeaderId { get; private set; }

    public int MemberCount => _members.Count;

    public IReadOnlyCollection<ClassicMember> Members => _members.Values;

    /// <summary>Ids that were given out to clients which have not joined with them yet.</summary>
    public HashSet<string> Pending { get; } = new(StringComparer.Ordinal);

    /// <summary>Members of this generation that have not asked for their assignment yet.</summary>
    public HashSet<string> AwaitedSyncs { get; } = new(StringComparer.Ordinal);

    /// <summary>The round that is under way is the first of an empty group, which waits for more members to come.</summary>
    public InitialRound? InitialRound { get; set; }

    public bool IsConsumer => ProtocolType == ConsumerSubscription.ProtocolType;

    /// <summary>The longest that any member asks to be waited for.</summary>
    public TimeSpan RebalanceTimeout => TimeSpan.FromMilliseconds(_members.Values.Max(member => member.RebalanceTimeoutMs));

    public bool TryGetMember(string memberId, [NotNullWhen(true)] out ClassicMember? member) => _members.TryGetValue(memberId, out member);

    public bool TryGetInstance(string instanceId, [NotNullWhen(true)] out ClassicMember? member) => _instances.TryGetValue(instanceId, out member);

    /// <summary>Whether a request comes from a member as it is known now; None if so.</summary>
    public ErrorCode Identify(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            return !_instances.TryGetValue(instanceId, out var current) ? ErrorCode.UnknownMemberId
                : current.Id == memberId ? ErrorCode.None
                : ErrorCode.FencedInstanceId;
        }

        return _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>
    /// Whether a request is of this generation, or comes from a member that <see cref="ClassicMember.FormerEpoch"/> lets go on until the round that is under way is
    /// complete; None if so.
    /// </summary>
    public ErrorCode CheckGeneration(string memberId, int generation) =>
        generation == Generation || (State == ClassicGroupState.PreparingRebalance && TryGetMember(memberId, out var member) && member.FormerEpoch == generation)
            ? ErrorCode.None
            : ErrorCode.IllegalGeneration;

    public void MoveTo(ClassicGroupState state)
    {
        if (!ClassicGroupTransitions.Allows(State, state))
        {
            throw new InvalidOperationException($"Group {Id} cannot go from {State} to {state}.");
        }

        Become(state);
    }

    /// <summary>The group is among the shard's from now on.</summary>
    public void BeCounted()
    {
        IsCounted = true;
        counts.Classic.Added(State);
    }

    /// <summary>The shard has forgotten the group.</summary>
    public void BeForgotten()
    {
        IsCounted = false;
        counts.Classic.Removed(State);
    }

    /// <summary>Adds a member; the first one of all decides what kind of group it is, and leads until the round says otherwise.</summary>
    public void Add(ClassicMember member, string protocolType)
    {
        if (_members.Count == 0)
        {
            ProtocolType = protocolType;
        }

        _members.Add(member.Id, member);
        if (member.InstanceId is not null)
        {
            _instances.Add(member.InstanceId, member);
        }

        Pending.Remove(member.Id);
        LeaderId ??= member.Id;
    }

    public void Remove(ClassicMember member)
    {
        _members.Remove(member.Id);
        AwaitedSyncs.Remove(member.Id);
        if (member.InstanceId is not null)
        {
            _instances.Remove(member.InstanceId);
        }

        if (LeaderId == member.Id)
        {
            LeaderId = _members.Values.FirstOrDefault()?.Id;
        }
    }

    /// <summary>Puts a static member that came back into the place of what it was before.</summary>
    public void Replace(ClassicMember old, ClassicMember replacement)
    {
        if (old.InstanceId is null || old.InstanceId != replacement.InstanceId)
        {
            throw new InvalidOperationException($"Group {Id} cannot replace {old.Id} by {replacement.Id}, which is another instance.");
        }

        _members.Remove(old.Id);
        _members.Add(replacement.Id, replacement);
        _instances[old.InstanceId] = replacement;
        if (AwaitedSyncs.Remove(old.Id))
        {
            AwaitedSyncs.Add(replacement.Id);
        }

        if (LeaderId == old.Id)
        {
            LeaderId = replacement.Id;
        }
    }

    /// <summary>Sees to it that somebody leads who is there to do it: false when nobody has joined this round.</summary>
    public bool TryElectLeader()
    {
        if (LeaderId is not null && _members[LeaderId].JoinReply is not null)
        {
            return true;
        }

        var joined = _members.Values.FirstOrDefault(member => member.JoinReply is not null);
        LeaderId = joined?.Id ?? LeaderId;
        return joined is not null;
    }

    /// <summary>All who are expected have joined, and nobody holds an id without having joined.</summary>
    public bool AllHaveJoined => Pending.Count == 0 && _members.Values.All(member => member.JoinReply is not null);

    /// <summary>The round is complete: a new generation, which waits for its leader's assignments.</summary>
    public void BeginGeneration()
    {
        MoveTo(ClassicGroupState.CompletingRebalance);
        Generation++;
        Protocol = ProtocolSelection.Select(Members);
        AwaitedSyncs.Clear();
        AwaitedSyncs.UnionWith(_members.Keys);
        foreach (var member in Members)
        {
            member.FormerEpoch = null;
        }
    }

    /// <summary>The last member has gone, and the log says so.</summary>
    public void BecomeEmpty(int generation)
    {
        if (_members.Count > 0)
        {
            throw new InvalidOperationException($"Group {Id} cannot be empty with {_members.Count} members.");
        }

        MoveTo(ClassicGroupState.Empty);
        Generation = generation;
        Protocol = null;
        LeaderId = null;
        InitialRound = null;
        AwaitedSyncs.Clear();
    }

    /// <summary>Takes up the generation that the log ends with.</summary>
    public void Restore()
    {
        if (Logged is not { } logged)
        {
            return;
        }

        foreach (var member in logged.Members)
        {
            Add(LoggedGroups.Member(member, logged.Protocol), logged.ProtocolType);
        }

        Become(MemberCount == 0 ? ClassicGroupState.Empty : ClassicGroupState.Stable);
        Generation = logged.Generation;
        ProtocolType = logged.ProtocolType.Length == 0 ? null : logged.ProtocolType;
        Protocol = logged.Protocol;
        LeaderId = logged.Leader ?? LeaderId;
    }

    /// <summary>The topics that members read; null when that cannot be told, because they do not say it in the consumer's way.</summary>
    public IReadOnlySet<string>? SubscribedTopics()
    {
        if (!IsConsumer)
        {
            return null;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _members.Values)
        {
            if (!ConsumerSubscription.TryReadTopics(member.MetadataFor(Protocol ?? member.Protocols[0].Name), topics))
            {
                return null;
            }
        }

        return topics;
    }

    private void Become(ClassicGroupState state)
    {
        if (IsCounted)
        {
            counts.Classic.Removed(State);
            counts.Classic.Added(state);
        }

        State = state;
    }
}
