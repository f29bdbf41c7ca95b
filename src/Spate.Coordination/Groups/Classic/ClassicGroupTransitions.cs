namespace Spate.Coordination.Groups.Classic;

/// <summary>Which state may follow which.</summary>
internal static class ClassicGroupTransitions
{
    public static bool Allows(ClassicGroupState from, ClassicGroupState to) => (from, to) switch
    {
        (ClassicGroupState.Empty, ClassicGroupState.PreparingRebalance) => true, // the first member
        (ClassicGroupState.PreparingRebalance, ClassicGroupState.CompletingRebalance) => true, // all have joined, or time is up
        (ClassicGroupState.CompletingRebalance, ClassicGroupState.Stable) => true, // the leader's assignments are in the log
        (ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable, ClassicGroupState.PreparingRebalance) => true, // somebody came, left or changed
        (ClassicGroupState.PreparingRebalance or ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable, ClassicGroupState.Empty) => true, // the last member left
        (ClassicGroupState.Empty, ClassicGroupState.Dead) => true, // deleted or expired
        _ => false,
    };
}
