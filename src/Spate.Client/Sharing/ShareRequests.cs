using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Sharing;

/// <summary>Makes the requests of share sessions.</summary>
internal static class ShareRequests
{
    /// <summary>Closes a session; what is acknowledged with it still counts, and all else that was acquired is released.</summary>
    public const int FinalEpoch = -1;

    private const short FirstVersionOfModes = 2;

    /// <exception cref="KafkaException">The broker is too old for what the options want.</exception>
    public static ShareFetchRequest Fetch(
        ShareConsumerOptions options, string memberId, ShareNode node, Dictionary<TopicPartition, Uuid> wanted, IReadOnlyCollection<AcknowledgementGroup> groups, short version)
    {
        if (options.AcquireMode != ShareAcquireMode.BatchOptimized && version < FirstVersionOfModes)
        {
            throw new KafkaException(ErrorCode.UnsupportedVersion, "The broker does not know ShareAcquireMode.RecordLimit; that needs Kafka 4.2. Set AcquireMode to BatchOptimized, or upgrade the broker.");
        }

        var request = new ShareFetchRequest
        {
            GroupId = options.GroupId,
            MemberId = memberId,
            ShareSessionEpoch = node.SessionEpoch,
            MaxWaitMs = (int)options.MaxWait.TotalMilliseconds,
            MinBytes = options.MinBytes,
            MaxBytes = options.MaxBytes,
            MaxRecords = options.MaxRecords,
            BatchSize = options.MaxRecords,
            ShareAcquireMode = (sbyte)options.AcquireMode,
        };
        foreach (var (name, topicId) in wanted.Where(pair => !IsIn(node.Remembered, pair)))
        {
            Partition(request, topicId, name.Partition);
        }

        foreach (var group in groups)
        {
            Partition(request, group.TopicId, group.Name.Partition).AcknowledgementBatches =
                [.. group.Stretches().Select(static one => new ShareFetchRequest.AcknowledgementBatch { FirstOffset = one.First, LastOffset = one.Last, AcknowledgeTypes = [(sbyte)one.Type] })];
        }

        foreach (var forgotten in node.Remembered.Where(pair => !IsIn(wanted, pair)).GroupBy(static pair => pair.Value, static pair => pair.Key.Partition))
        {
            request.ForgottenTopicsData.Add(new ShareFetchRequest.ForgottenTopic { TopicId = forgotten.Key, Partitions = [.. forgotten] });
        }

        return request;
    }

    /// <exception cref="KafkaException">The broker is too old to renew locks.</exception>
    public static ShareAcknowledgeRequest Acknowledge(string groupId, string memberId, int epoch, bool isRenewal, IReadOnlyCollection<AcknowledgementGroup> groups, short version) => new()
    {
        GroupId = groupId,
        MemberId = memberId,
        ShareSessionEpoch = epoch,
        IsRenewAck = !isRenewal || version >= FirstVersionOfModes
            ? isRenewal
            : throw new KafkaException(ErrorCode.UnsupportedVersion, "The broker cannot renew locks of records; that needs Kafka 4.2. Finish sooner, or raise the group's share.record.lock.duration.ms."),
        Topics =
        [
            .. groups.GroupBy(static group => group.TopicId).Select(static topic => new ShareAcknowledgeRequest.AcknowledgeTopic
            {
                TopicId = topic.Key,
                Partitions =
                [
                    .. topic.Select(static group => new ShareAcknowledgeRequest.AcknowledgePartition
                    {
                        PartitionIndex = group.Name.Partition,
                        AcknowledgementBatches =
                            [.. group.Stretches().Select(static one => new ShareAcknowledgeRequest.AcknowledgementBatch { FirstOffset = one.First, LastOffset = one.Last, AcknowledgeTypes = [(sbyte)one.Type] })],
                    }),
                ],
            }),
        ],
    };

    /// <summary>Whether a partition is there, of the same topic: another one may have taken its name.</summary>
    private static bool IsIn(Dictionary<TopicPartition, Uuid> partitions, KeyValuePair<TopicPartition, Uuid> one) => partitions.TryGetValue(one.Key, out var topicId) && topicId == one.Value;

    private static ShareFetchRequest.FetchPartition Partition(ShareFetchRequest request, Uuid topicId, int index)
    {
        if (request.Topics.Find(other => other.TopicId == topicId) is not { } topic)
        {
            request.Topics.Add(topic = new ShareFetchRequest.FetchTopic { TopicId = topicId });
        }

        if (topic.Partitions.Find(other => other.PartitionIndex == index) is not { } partition)
        {
            topic.Partitions.Add(partition = new ShareFetchRequest.FetchPartition { PartitionIndex = index });
        }

        return partition;
    }
}
