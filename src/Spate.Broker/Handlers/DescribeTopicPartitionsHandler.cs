using System.Collections.Immutable;
using Spate.Broker.Cluster;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Metadata;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// DescribeTopicPartitions 0 (KIP-966): partitions of the topics asked for, or of all, in the order of the topics' names, and at most
/// <c>max.request.partition.size.limit</c> of them; where there are more, the reply says where to go on. Unlike Metadata it never creates
/// anything, and it knows no ids.
/// </summary>
public sealed class DescribeTopicPartitionsHandler(ClusterView cluster, PartitionTable partitions, BrokerSettings settings)
    : RequestHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    private const int NoLeader = -1;

    protected override ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(
        DescribeTopicPartitionsRequest request, RequestContext context, CancellationToken cancellation) =>
        new(IsSound(request) ? Describe(request) : Refuse(request));

    /// <summary>A cursor must point to a topic that was asked for, and to a partition.</summary>
    private static bool IsSound(DescribeTopicPartitionsRequest request) => request.Cursor is not { } cursor
        || (cursor.PartitionIndex >= 0
            && (request.Topics.Count == 0 || request.Topics.Exists(topic => string.Equals(topic.Name, cursor.TopicName, StringComparison.Ordinal))));

    private static DescribeTopicPartitionsResponse Refuse(DescribeTopicPartitionsRequest request)
    {
        // The reply has no error of its own: where no topic was named, the cursor's must carry it.
        var names = request.Topics.Count > 0 ? request.Topics.Select(topic => topic.Name) : [request.Cursor!.TopicName];
        return new DescribeTopicPartitionsResponse
        {
            Topics = [.. names.Distinct(StringComparer.Ordinal).Select(name => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic { Name = name, ErrorCode = ErrorCode.InvalidRequest })],
        };
    }

    private DescribeTopicPartitionsResponse Describe(DescribeTopicPartitionsRequest request)
    {
        var image = cluster.Image;
        var first = request.Cursor?.TopicName ?? "";
        var all = request.Topics.Count == 0 ? image.TopicsByName.Keys : request.Topics.Select(topic => topic.Name).Distinct(StringComparer.Ordinal);
        var names = all.Where(name => string.CompareOrdinal(name, first) >= 0).Order(StringComparer.Ordinal);
        var left = Math.Max(1, Math.Min(request.ResponsePartitionLimit, settings.Values.Get(BrokerKeys.MaxRequestPartitionSizeLimit)));
        var reply = new DescribeTopicPartitionsResponse();
        foreach (var name in names)
        {
            var from = string.Equals(name, request.Cursor?.TopicName, StringComparison.Ordinal) ? request.Cursor!.PartitionIndex : 0;
            if (left == 0)
            {
                reply.NextCursor = new DescribeTopicPartitionsResponse.TopicCursor { TopicName = name, PartitionIndex = 0 };
                break;
            }

            if (!image.TryGetTopic(name, out var topic))
            {
                // The topic that a cursor points to may have gone since; among all topics nobody asked for it by name.
                if (request.Topics.Count > 0)
                {
                    reply.Topics.Add(Missing(name));
                }

                continue;
            }

            var told = Describe(topic, from, left);
            reply.Topics.Add(told);
            left -= told.Partitions.Count;
            if (from + told.Partitions.Count < topic.Partitions.Length)
            {
                reply.NextCursor = new DescribeTopicPartitionsResponse.TopicCursor { TopicName = name, PartitionIndex = from + told.Partitions.Count };
                break;
            }
        }

        return reply;
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Missing(string name) => new()
    {
        Name = name,
        ErrorCode = TopicName.Fault(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopic,
        IsInternal = TopicName.IsInternal(name),
        TopicAuthorizedOperations = AuthorizedOperations.Topic,
    };

    private DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(TopicImage topic, int from, int most) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = TopicName.IsInternal(topic.Name),
        TopicAuthorizedOperations = AuthorizedOperations.Topic,
        Partitions = from >= topic.Partitions.Length
            ? []
            : [.. topic.Partitions.AsSpan(from, Math.Min(most, topic.Partitions.Length - from)).ToImmutableArray().Select(partition => Describe(topic, partition))],
    };

    private DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition Describe(TopicImage topic, PartitionImage partition)
    {
        var isOffline = partitions.IsOffline(topic.Name, partition.Index);
        return new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
        {
            PartitionIndex = partition.Index,
            ErrorCode = isOffline || partition.Leader < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
            LeaderId = isOffline ? NoLeader : partition.Leader,
            LeaderEpoch = partition.LeaderEpoch,
            ReplicaNodes = [.. partition.Replicas],
            IsrNodes = [.. partition.InSyncReplicas],
            EligibleLeaderReplicas = [],
            LastKnownElr = [],
            OfflineReplicas = isOffline ? [cluster.NodeId] : [],
        };
    }
}
