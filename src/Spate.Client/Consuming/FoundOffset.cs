using Spate.Protocol.Errors;

namespace Spate.Client.Consuming;

/// <summary>What a leader says of a position.</summary>
/// <param name="Error">Why there is no offset, or none.</param>
/// <param name="Offset">The offset; -1 when no record is that late.</param>
/// <param name="LeaderEpoch">The epoch that belongs to the offset; -1 from a broker that does not tell.</param>
internal readonly record struct FoundOffset(ErrorCode Error, long Offset, int LeaderEpoch);
