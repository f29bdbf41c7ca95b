namespace Spate.Coordination.Shares.Partitions;

/// <summary>What a member asks for.</summary>
/// <param name="MemberId">Who asks.</param>
/// <param name="RecordsMax">The most records, from 1.</param>
/// <param name="BatchSize">How many records the member likes to have in one range of the answer, from 1.</param>
/// <param name="Mode">How strictly <paramref name="RecordsMax"/> is taken.</param>
public readonly record struct AcquireRequest(string MemberId, int RecordsMax, int BatchSize, AcquireMode Mode);
