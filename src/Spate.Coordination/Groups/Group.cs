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

    /// <summary>The group as one of the consumer protocol; null while it is of another kind.</summary>
    public ConsumerGroup? Consumer { get; private set; }

    /// <summary>Which kind of group it is, as ListGroups says it.</summary>
    public string Type => Consumer is null ? GroupTypes.Classic : GroupTypes.Consumer;

    /// <summary>Where the group stands, as ListGroups says it.</summary>
    public string State => Consumer?.State.ToString() ?? Classic.State.ToString();

    public bool HasMembers => Consumer?.Members.Count > 0 || Classic.State is not (ClassicGroupState.Empty or ClassicGroupState.Dead);

    public GroupOffsets Offsets { get; } = new(counts);

    /// <summary>Neither the log nor anybody who is here knows of the group any more.</summary>
    public bool IsGone => Consumer is null && Classic.Logged is null && Offsets.Count == 0 && Classic is { MemberCount: 0, Pending.Count: 0 };

    /// <summary>The log speaks of the group as one of the consumer protocol.</summary>
    public ConsumerGroup BecomeConsumer()
    {
        if (Consumer is { } consumer)
        {
            return consumer;
        }

        consumer = new ConsumerGroup(Id, counts);
        if (_isCounted)
        {
            Classic.BeForgotten();
            consumer.BeCounted();
        }

        Consumer = consumer;
        return consumer;
    }

    /// <summary>The log speaks of it so no longer: what is left are offsets, and whatever comes next.</summary>
    public void CeaseToBeConsumer()
    {
        if (Consumer is null)
        {
            return;
        }

        Classic = new ClassicGroup(Id, counts);
        if (_isCounted)
        {
            Consumer.BeForgotten();
            Classic.BeCounted();
        }

        Consumer = null;
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
        Consumer?.BeForgotten();
        if (Consumer is null)
        {
            Classic.BeForgotten();
        }
    }
}
