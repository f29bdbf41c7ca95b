using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// OffsetCommit 0 to 10: a group remembers how far it has read. Partitions that do not exist are refused one by one; from version 10 on
/// topics are named by id (KIP-848). Versions 0 and 1 come from the time when offsets lay in ZooKeeper, and are kept like all others.
/// </summary>
public sealed class OffsetCommitHandler(GroupCoordinator groups, ClusterView cluster) : RequestHandler<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short FirstVersionOfTopicIds = 10;

    protected override async ValueTask<OffsetCommitResponse?> HandleAsync(
        OffsetCommitRequest request, RequestContext context, CancellationToken cancellation)
    {
        var byId = context.ApiVersion >= FirstVersionOfTopicIds;
        var refused = new List<OffsetCommitResponse.OffsetCommitResponseTopic>();
        var image = cluster.Image;
        foreach (var topic in request.Topics)
        {
            TopicImage? known;
            if (byId ? image.TryGetTopic(topic.TopicId, out known) : image.TryGetTopic(topic.Name, out known))
            {
                topic.Name = known.Name;
            }

            Refuse(topic, known, byId, refused);
        }

        request.Topics.RemoveAll(topic => topic.Partitions.Count == 0);
        var response = await groups.OffsetCommitAsync(request, context.ToGroupClient());
        Merge(response, refused, byId);
        return response;
    }

    /// <summary>Takes partitions out of the request that nothing can be committed for.</summary>
    private static void Refuse(
        OffsetCommitRequest.OffsetCommitRequestTopic topic,
        TopicImage? known,
        bool byId,
        List<OffsetCommitResponse.OffsetCommitResponseTopic> refused)
    {
        var strangers = topic.Partitions.FindAll(partition => known?.FindPartition(partition.PartitionIndex) is null);
        if (strangers.Count == 0)
        {
            return;
        }

        topic.Partitions.RemoveAll(partition => known?.FindPartition(partition.PartitionIndex) is null);
        refused.Add(new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions =
            [
                .. strangers.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = byId && known is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition,
                }),
            ],
        });
    }

    private static void Merge(OffsetCommitResponse response, List<OffsetCommitResponse.OffsetCommitResponseTopic> refused, bool byId)
    {
        foreach (var topic in refused)
        {
            var answered = response.Topics.Find(other => byId ? other.TopicId == topic.TopicId : other.Name == topic.Name);
            if (answered is null)
            {
                response.Topics.Add(topic);
            }
            else
            {
                answered.Partitions.AddRange(topic.Partitions);
            }
        }
    }
}
