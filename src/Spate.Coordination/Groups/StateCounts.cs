namespace Spate.Coordination.Groups;

/// <summary>How many groups of one kind there are in each state. Written by the shard's loop alone, and so without interlocking; read by anyone.</summary>
internal sealed class StateCounts<TState>
    where TState : struct, Enum
{
    private static readonly TState[] States = Enum.GetValues<TState>();

    private readonly long[] _counts = new long[States.Length];

    public long Of(TState state) => Volatile.Read(ref _counts[Array.IndexOf(States, state)]);

    public void Added(TState state) => Change(state, 1);

    public void Removed(TState state) => Change(state, -1);

    private void Change(TState state, int difference)
    {
        ref var count = ref _counts[Array.IndexOf(States, state)];
        Volatile.Write(ref count, count + difference);
    }
}
