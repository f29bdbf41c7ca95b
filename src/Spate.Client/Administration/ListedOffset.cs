namespace Spate.Client.Administration;

/// <summary>An offset that was asked for.</summary>
/// <param name="Offset">The offset; null when there is none, such as for a time after the last record.</param>
/// <param name="Timestamp">The timestamp of its record; null where the answer is not about a record.</param>
/// <param name="LeaderEpoch">The epoch in which its record was written; null when the broker does not tell.</param>
public sealed record ListedOffset(long? Offset, DateTimeOffset? Timestamp, int? LeaderEpoch);
