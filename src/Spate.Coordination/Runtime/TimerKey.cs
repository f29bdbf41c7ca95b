namespace Spate.Coordination.Runtime;

/// <summary>The name of a timer within its shard.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Group">The key of the commands that it must not run beside.</param>
/// <param name="Member">Whom it is about; empty when it is about the group.</param>
public readonly record struct TimerKey(string Purpose, string Group, string Member = "");
