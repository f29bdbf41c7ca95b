using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// Takes the leadership of a partition from whoever has it and gives it to nobody: what happens when the last replica in sync goes away. The
/// leader epoch rises, replicas and those in sync stay, so that one of them can be elected. Pure.
/// </summary>
public static class LeaderDeposition
{
    private const int NoLeader = -1;

    /// <param name="image">What has been decided.</param>
    /// <param name="name">The partition.</param>
    public static Decision<ErrorCode> Decide(ClusterImage image, TopicPartition name)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!image.TryGetTopic(name.Topic, out var topic) || topic.FindPartition(name.Partition) is not { } partition)
        {
            return new Decision<ErrorCode>([], ErrorCode.UnknownTopicOrPartition);
        }

        return partition.Leader == NoLeader
            ? new Decision<ErrorCode>([], ErrorCode.LeaderNotAvailable)
            : new Decision<ErrorCode>([new PartitionChangeRecord { TopicId = topic.Id, PartitionId = partition.Index, Leader = NoLeader }], ErrorCode.None);
    }
}
