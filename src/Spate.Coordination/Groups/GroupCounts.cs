using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Streams;

namespace Spate.Coordination.Groups;

/// <summary>How many groups and offsets a shard has. Written by the shard's loop alone, and so without interlocking; read by anyone.</summary>
internal sealed class GroupCounts
{
    private readonly long[] _classic = new long[Enum.GetValues<ClassicGroupState>().Length];
    private readonly long[] _consumer = new long[Enum.GetValues<ConsumerGroupState>().Length];
    private readonly long[] _streams = new long[Enum.GetValues<StreamsGroupState>().Length];
    private long _offsets;

    public long Offsets => Volatile.Read(ref _offsets);

    public long Of(ClassicGroupState state) => Volatile.Read(ref _classic[(int)state]);

    public long Of(ConsumerGroupState state) => Volatile.Read(ref _consumer[(int)state]);

    public long Of(StreamsGroupState state) => Volatile.Read(ref _streams[(int)state]);

    public void Added(ClassicGroupState state) => Change(ref _classic[(int)state], 1);

    public void Removed(ClassicGroupState state) => Change(ref _classic[(int)state], -1);

    public void Added(ConsumerGroupState state) => Change(ref _consumer[(int)state], 1);

    public void Removed(ConsumerGroupState state) => Change(ref _consumer[(int)state], -1);

    public void Added(StreamsGroupState state) => Change(ref _streams[(int)state], 1);

    public void Removed(StreamsGroupState state) => Change(ref _streams[(int)state], -1);

    public void OffsetsChanged(int difference) => Change(ref _offsets, difference);

    private static void Change(ref long count, int difference) => Volatile.Write(ref count, count + difference);
}
