using Spate.Coordination.Shares.State;
using Spate.Coordination.Topics;

namespace Spate.Coordination;

/// <summary>What share groups learn from outside.</summary>
/// <param name="States">Who keeps their delivery state.</param>
/// <param name="Ends">How far partitions reach, for the lag of groups; unknown when null.</param>
public sealed record ShareSurroundings(IShareStates States, IPartitionEnds? Ends = null);
