namespace Spate.Client.Consuming;

/// <summary>
/// Who a consumer is to its group at one moment: what a transaction needs to commit offsets in its name, so that those of a member that has been put out are refused (KIP-447).
/// </summary>
/// <param name="GroupId">The group.</param>
/// <param name="MemberId">The member's id; empty for a consumer whose partitions were named by hand.</param>
/// <param name="Epoch">The generation of a classic group, or the member's epoch; -1 for a consumer whose partitions were named by hand.</param>
/// <param name="GroupInstanceId">The name of a static member, or null.</param>
public sealed record ConsumerGroupMetadata(string GroupId, string MemberId = "", int Epoch = -1, string? GroupInstanceId = null);
