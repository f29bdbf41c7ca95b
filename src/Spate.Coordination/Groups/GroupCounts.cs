using Spate.Coordination.Groups.Classic;

namespace Spate.Coordination.Groups;

/// <summary>How many groups and offsets a shard has. Written by the shard's loop alone, and so without interlocking; read by anyone.</summary>
internal sealed class GroupCounts
{
    private readonly long[] _byState = new long[Enum.GetValues<ClassicGroupState>().Length];
    private long _offsets;

    public long Offsets => Volatile.Read(ref _offsets);

    public long Of(ClassicGroupState state) => Volatile.Read(ref _byState[(int)state]);

    public void Added(ClassicGroupState state) => Volatile.Write(ref _byState[(int)state], _byState[(int)state] + 1);

    public void Removed(ClassicGroupState state) => Volatile.Write(ref _byState[(int)state], _byState[(int)state] - 1);

    public void OffsetsChanged(int difference) => Volatile.Write(ref _offsets, _offsets + difference);
}
