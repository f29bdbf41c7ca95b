using Spate.Broker.Partitions;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;

namespace Spate.Broker.Groups;

/// <summary>How far the partitions reach that this node leads. Safe for use by several threads at once.</summary>
internal sealed class LocalPartitionEnds(PartitionTable partitions) : IPartitionEnds
{
    public ValueTask<long?> FindAsync(string topic, int partition) =>
        ValueTask.FromResult<long?>(partitions.Find(topic, partition, out var found) == ErrorCode.None ? found!.Log.HighWatermark : null);
}
