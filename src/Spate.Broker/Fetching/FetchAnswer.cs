using Spate.Broker.Partitions;
using Spate.Protocol.Messages;

namespace Spate.Broker.Fetching;

/// <summary>What one look at a partition found for the client.</summary>
/// <param name="Partition">The partition, as it was asked for.</param>
/// <param name="Data">The answer; its records are to be disposed by whoever ends up with it.</param>
/// <param name="BytesMax">How many record bytes it might have.</param>
/// <param name="Served">The partition, as it is here; null where there is none.</param>
internal readonly record struct FetchAnswer(FetchedPartition Partition, FetchResponse.PartitionData Data, int BytesMax, Partition? Served);
