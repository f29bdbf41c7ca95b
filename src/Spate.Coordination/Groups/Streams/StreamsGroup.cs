using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// A group of instances of a streams application, whose tasks the broker assigns (KIP-1071). All of it is what the log tells and changes only
/// by applying records, except for what is gathered in <see cref="Soft"/>. Epochs follow one another as in a <see cref="ConsumerGroup"/>.
/// </summary>
internal sealed class StreamsGroup(string id, GroupCounts counts) : IAssignedGroup
{
    /// <summary>The epoch of a validated topology where there is none.</summary>
    public const int NotValidated = -1;

    private static readonly IReadOnlySet<string> NoTopics = new HashSet<string>();

    private readonly Dictionary<string, StreamsMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskAssignment> _targets = new(StringComparer.Ordinal);
    private readonly TaskOwners _owners = new();
    private readonly CountedState<StreamsGroupState> _counted = new(counts.Streams);
    private int _unreached;
    private int _warming;

    public string Id { get; } = id;

    public string Type => GroupTypes.Streams;

    public string ProtocolType => GroupTypes.Streams;

    public string StateName => State.ToString();

    public bool HasMembers => _members.Count > 0;

    /// <summary>The group's epoch and what it was raised for; null before anything was decided.</summary>
    public GroupEpoch? Decided { get; private set; }

    /// <summary>From 2; 0 before anything was decided.</summary>
    public int Epoch => Decided?.Epoch ?? 0;

    /// <summary>The epoch that the target assignment was made for.</summary>
    public int AssignmentEpoch { get; private set; }

    /// <summary>What the application is made of; null before the first member has said so.</summary>
    public StreamsTopology? Topology { get; private set; }

    /// <summary>What is not logged, and begins anew when the coordinator moves.</summary>
    public SoftState Soft { get; } = new();

    public IReadOnlyCollection<StreamsMember> Members => _members.Values;

    /// <summary>Whether anybody is to warm up a task.</summary>
    public bool WarmsUp => _warming > 0;

    public TaskOwners Owners => _owners;

    public StreamsGroupState State =>
        _members.Count == 0 ? StreamsGroupState.Empty
        : Topology is null || Topology.Epoch != (Decided?.ValidatedTopologyEpoch ?? NotValidated) ? StreamsGroupState.NotReady
        : Epoch > AssignmentEpoch ? StreamsGroupState.Assigning
        : _unreached > 0 ? StreamsGroupState.Reconciling
        : StreamsGroupState.Stable;

    public bool TryGetMember(string memberId, [NotNullWhen(true)] out StreamsMember? member) => _members.TryGetValue(memberId, out member);

    public MemberStanding? StandingOf(string memberId) => _members.TryGetValue(memberId, out var member) ? new MemberStanding(member.Current.Epoch) : null;

    public IReadOnlySet<string> SubscribedTopics() => HasMembers && Topology is not null ? Topology.SourceTopics : NoTopics;

    public void AddTombstones(List<CoordinatorRecord> records) => StreamsGroupRecords.AddTombstones(this, records);

    /// <summary>What a member is to have.</summary>
    public TaskAssignment TargetOf(string memberId) => _targets.GetValueOrDefault(memberId, TaskAssignment.Empty);

    public void SetEpoch(GroupEpoch decided)
    {
        Decided = decided;
        Recount();
    }

    public void SetAssignmentEpoch(int epoch)
    {
        AssignmentEpoch = epoch;
        _unreached = _members.Values.Count(member => !member.Current.HasReached(epoch));
        Recount();
    }

    public void SetTopology(StreamsTopology? topology)
    {
        Topology = topology;
        Recount();
    }

    public void SetTarget(string memberId, TaskAssignment tasks)
    {
        RemoveTarget(memberId);
        _targets.Add(memberId, tasks);
        _warming += tasks.Warmup.Count;
    }

    public void RemoveTarget(string memberId)
    {
        if (_targets.Remove(memberId, out var tasks))
        {
            _warming -= tasks.Warmup.Count;
        }
    }

    public void SetMetadata(string memberId, StreamsMemberMetadata metadata) =>
        Replace((_members.GetValueOrDefault(memberId) ?? new StreamsMember(memberId, StreamsMemberMetadata.None, CurrentTasks.None)) with { Metadata = metadata });

    /// <summary>A log that is being compacted may tell what a member has before it tells of the member.</summary>
    public void SetCurrent(string memberId, CurrentTasks current) =>
        Replace((_members.GetValueOrDefault(memberId) ?? new StreamsMember(memberId, StreamsMemberMetadata.None, current)) with { Current = current });

    public void RemoveCurrent(string memberId)
    {
        if (_members.ContainsKey(memberId))
        {
            SetCurrent(memberId, CurrentTasks.None with { Epoch = MemberEpochs.Leaving });
        }
    }

    public void RemoveMember(string memberId)
    {
        if (_members.Remove(memberId, out var member))
        {
            _unreached -= Unreached(member);
            _owners.Release(member);
            Soft.Told.Remove(memberId);
            if (!HasMembers)
            {
                Soft.ShutdownAskedBy = null;
            }

            Recount();
        }
    }

    public void BeCounted() => _counted.Begin(State);

    public void BeForgotten() => _counted.End();

    private void Replace(StreamsMember member)
    {
        if (_members.TryGetValue(member.Id, out var before))
        {
            _unreached -= Unreached(before);
            _owners.Release(before);
        }

        _members[member.Id] = member;
        _unreached += Unreached(member);
        _owners.Take(member);
        Recount();
    }

    private int Unreached(StreamsMember member) => member.Current.HasReached(AssignmentEpoch) ? 0 : 1;

    private void Recount() => _counted.Move(State);
}
