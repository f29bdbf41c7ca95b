namespace Spate.Coordination.Groups;

/// <summary>The state in which one group is counted, for as long as it is.</summary>
internal sealed class CountedState<TState>(StateCounts<TState> counts)
    where TState : struct, Enum
{
    private TState? _counted;

    /// <summary>The group is among the shard's from now on.</summary>
    public void Begin(TState state)
    {
        _counted = state;
        counts.Added(state);
    }

    /// <summary>The group may have come into another state. Of no consequence while it is not counted.</summary>
    public void Move(TState state)
    {
        if (_counted is { } before && !EqualityComparer<TState>.Default.Equals(before, state))
        {
            counts.Removed(before);
            counts.Added(state);
            _counted = state;
        }
    }

    /// <summary>The shard has forgotten the group, or it speaks another protocol now.</summary>
    public void End()
    {
        if (_counted is { } state)
        {
            counts.Removed(state);
        }

        _counted = null;
    }
}
