using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Offsets;

namespace Spate.Coordination.Groups;

/// <summary>
/// All that goes by one group id: the members, under the protocol that they speak, and the offsets, which outlive members and protocols.
/// A group is of the classic kind unless the log says that it is of another; one without members that has only ever held offsets is what
/// Kafka calls a simple group.
/// </summary>
internal sealed class Group(string id, GroupCounts counts)
{
    private bool _isCounted;

    public string Id { get; } = id;

    /// <summary>The group as one of the classic protocol; without members and unknown to the log while it is of another kind.</summary>
    public ClassicGroup Classic { get; private set; } = new(id, counts);

    /// <summary>The group as one whose work the broker assigns; null while it is a classic one.</summary>
    public IAssignedGroup? Assigned { get; private set; }

    public bool IsClassic => Assigned is null;

    /// <summary>The group as one of the consumer protocol; null while it is of another kind.</summary>
    public ConsumerGroup? Consumer => Assigned as ConsumerGroup;

    /// <summary>Which kind of group it is, as ListGroups says it.</summary>
    public string Type => Assigned?.Type ?? GroupTypes.Classic;

    /// <summary>What the members call their protocol, as ListGroups says it.</summary>
    public string ProtocolType => Assigned?.ProtocolType ?? Classic.ProtocolType ?? "";

    /// <summary>Where the group stands, as ListGroups says it.</summary>
    public string State => Assigned?.StateName ?? Classic.State.ToString();

    public bool HasMembers => Assigned?.HasMembers == true || Classic.State is not (ClassicGroupState.Empty or ClassicGroupState.Dead);

    public GroupOffsets Offsets { get; } = new(counts);

    /// <summary>Offsets that transactions under way would commit.</summary>
    public PendingOffsets Pending { get; } = new();

    /// <summary>Neither the log nor anybody who is here knows of the group any more.</summary>
    public bool IsGone => IsClassic && Classic.Logged is null && Offsets.Count == 0 && Pending.Count == 0 && Classic is { MemberCount: 0, Pending.Count: 0 };

    /// <summary>The log speaks of the group as one of the consumer protocol.</summary>
    public ConsumerGroup BecomeConsumer() => Consumer ?? Become(new ConsumerGroup(Id, counts));

    /// <summary>The log speaks no longer of it as a group of that kind: what is left are offsets, and whatever comes next.</summary>
    public void CeaseToBe<TGroup>()
        where TGroup : class, IAssignedGroup
    {
        if (Assigned is not TGroup former)
        {
            return;
        }

        Classic = new ClassicGroup(Id, counts);
        if (_isCounted)
        {
            former.BeForgotten();
            Classic.BeCounted();
        }

        Assigned = null;
    }

    /// <summary>What was left of the classic group when it became one of another kind.</summary>
    public ClassicGroup TakeClassic()
    {
        var former = Classic;
        Classic = new ClassicGroup(Id, counts);
        return former;
    }

    /// <summary>The group is among the shard's from now on.</summary>
    public void BeCounted()
    {
        _isCounted = true;
        Classic.BeCounted();
    }

    /// <summary>The shard has forgotten the group.</summary>
    public void BeForgotten()
    {
        _isCounted = false;
        Forget();
    }

    private TGroup Become<TGroup>(TGroup group)
        where TGroup : IAssignedGroup
    {
        if (_isCounted)
        {
            Forget();
            group.BeCounted();
        }

        Assigned = group;
        return group;
    }

    private void Forget()
    {
        if (Assigned is null)
        {
            Classic.BeForgotten();
        }
        else
        {
            Assigned.BeForgotten();
        }
    }
}
