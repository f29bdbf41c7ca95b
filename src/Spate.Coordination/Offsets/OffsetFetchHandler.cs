using Spate.Coordination.Groups;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>
/// OffsetFetch for one group, in the form of version 8 and later. A group or partition of which nothing is known has the offset -1 and no
/// error. Members of groups whose work the broker assigns may say from version 9 on who they are, and are then held to their epoch. Topics may be named by id from version
/// 10 on, which the caller resolves: Name is looked at here, TopicId only handed back.
/// </summary>
internal sealed class OffsetFetchHandler(GroupShard shard)
{
    /// <summary>The offset of a partition for which none was committed.</summary>
    public const long NoOffset = -1;

    /// <param name="request">The group and the partitions asked for.</param>
    /// <param name="requireStable">Whether a partition for which a transaction under way would commit an offset is told as an error (KIP-447).</param>
    public OffsetFetchResponse.OffsetFetchResponseGroup Handle(OffsetFetchRequest.OffsetFetchRequestGroup request, bool requireStable)
    {
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = request.GroupId };
        var group = shard.Find(request.GroupId);
        if (group?.Assigned is { } assigned && OffsetFencing.CheckFetch(assigned, request.MemberId, request.MemberEpoch) is var error and not ErrorCode.None)
        {
            response.ErrorCode = error;
            return response;
        }

        var offsets = group?.Offsets;
        var pending = requireStable ? group?.Pending : null;
        if (request.Topics is not null)
        {
            foreach (var topic in request.Topics)
            {
                var answer = new OffsetFetchResponse.OffsetFetchResponseTopics { Name = topic.Name, TopicId = topic.TopicId };
                answer.Partitions.AddRange(topic.PartitionIndexes.Select(partition => pending?.Has(topic.Name, partition) == true
                    ? Unstable(partition)
                    : Describe(partition, offsets?.Find(topic.Name, partition))));
                response.Topics.Add(answer);
            }
        }
        else if (offsets is not null)
        {
            foreach (var (name, partitions) in offsets.Topics)
            {
                var answer = new OffsetFetchResponse.OffsetFetchResponseTopics { Name = name };
                answer.Partitions.AddRange(partitions.Select(partition => pending?.Has(name, partition.Key) == true
                    ? Unstable(partition.Key)
                    : Describe(partition.Key, partition.Value)));
                response.Topics.Add(answer);
            }
        }

        return response;
    }

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Unstable(int partition)
    {
        var answer = Describe(partition, null);
        answer.ErrorCode = ErrorCode.UnstableOffsetCommit;
        return answer;
    }

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Describe(int partition, CommittedOffset? offset) => new()
    {
        PartitionIndex = partition,
        CommittedOffset = offset?.Offset ?? NoOffset,
        CommittedLeaderEpoch = offset?.LeaderEpoch ?? -1,
        Metadata = offset?.Metadata ?? "",
        ErrorCode = ErrorCode.None,
    };
}
