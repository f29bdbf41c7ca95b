namespace Spate.Coordination.Groups;

/// <summary>One group's part in the count of groups by state: counted in one state at a time, and in none when it is not among the shard's.</summary>
/// <param name="added">One more group is in a state.</param>
/// <param name="removed">One less is.</param>
internal sealed class StateCount<TState>(Action<TState> added, Action<TState> removed)
    where TState : struct, Enum
{
    private TState? _counted;

    /// <summary>The group is among the shard's from now on.</summary>
    public void Begin(TState state)
    {
        _counted = state;
        added(state);
    }

    /// <summary>The group may be in another state now.</summary>
    public void Change(TState state)
    {
        if (_counted is { } before && !EqualityComparer<TState>.Default.Equals(before, state))
        {
            removed(before);
            added(state);
            _counted = state;
        }
    }

    /// <summary>The group is not among the shard's any more.</summary>
    public void End()
    {
        if (_counted is { } state)
        {
            removed(state);
        }

        _counted = null;
    }
}
