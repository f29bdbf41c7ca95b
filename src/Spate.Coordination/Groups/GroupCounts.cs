using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;

namespace Spate.Coordination.Groups;

/// <summary>How many groups and offsets a shard has. Written by the shard's loop alone, and so without interlocking; read by anyone.</summary>
internal sealed class GroupCounts
{
    private long _offsets;

    public StateCounts<ClassicGroupState> Classic { get; } = new();

    public StateCounts<ConsumerGroupState> Consumer { get; } = new();

    public long Offsets => Volatile.Read(ref _offsets);

    public void OffsetsChanged(int difference) => Volatile.Write(ref _offsets, _offsets + difference);
}
