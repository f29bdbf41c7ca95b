using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Offsets;

namespace Spate.Coordination.Groups;

/// <summary>
/// All that goes by one group id: the members, under the protocol that they speak, and the offsets, which outlive members and protocols.
/// A group without members that has only ever held offsets is what Kafka calls a simple group.
/// </summary>
internal sealed class Group(string id, GroupCounts counts)
{
    public string Id { get; } = id;

    public ClassicGroup Classic { get; } = new(id, counts);

    public GroupOffsets Offsets { get; } = new(counts);

    /// <summary>Offsets that transactions under way would commit.</summary>
    public PendingOffsets Pending { get; } = new();

    /// <summary>Neither the log nor anybody who is here knows of the group any more.</summary>
    public bool IsGone => Classic.Logged is null && Offsets.Count == 0 && Pending.Count == 0 && Classic is { MemberCount: 0, Pending.Count: 0 };
}
