using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>What a fetch asks of one partition, as things stood when it was decided on.</summary>
/// <param name="Cursor">Whose it is.</param>
/// <param name="Generation">The cursor's.</param>
/// <param name="Offset">Where to read on.</param>
/// <param name="Leader">The node that leads the partition.</param>
/// <param name="LeaderEpoch">The leader's epoch; -1 when it is not known.</param>
/// <param name="TopicId">The topic's id; zero when it is not known.</param>
internal readonly record struct FetchAsk(PartitionCursor Cursor, int Generation, long Offset, int Leader, int LeaderEpoch, Uuid TopicId);
