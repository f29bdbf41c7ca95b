using static Spate.Coordination.Groups.Classic.ClassicGroupState;

namespace Spate.Coordination.Groups.Classic;

/// <summary>Which state may follow which.</summary>
internal static class ClassicGroupTransitions
{
    public static bool Allows(ClassicGroupState from, ClassicGroupState to) => (from, to) switch
    {
        (Empty, PreparingRebalance) => true, // the first member
        (PreparingRebalance, CompletingRebalance) => true, // all have joined, or time is up
        (CompletingRebalance, Stable) => true, // the leader's assignments are in the log
        (CompletingRebalance or Stable, PreparingRebalance) => true, // somebody came, left or changed
        (PreparingRebalance or CompletingRebalance or Stable, Empty) => true, // the last member left
        (Empty, Dead) => true, // deleted or expired
        _ => false,
    };
}
