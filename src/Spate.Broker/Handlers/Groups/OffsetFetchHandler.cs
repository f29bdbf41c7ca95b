using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// OffsetFetch 0 to 10: how far groups have read; many groups from version 8 on, topics by id from version 10 on (KIP-848), where a topic
/// that is not known any more is an error of its own.
/// </summary>
public sealed class OffsetFetchHandler(GroupCoordinator groups, ClusterView cluster) : RequestHandler<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short FirstVersionOfTopicIds = 10;

    protected override async ValueTask<OffsetFetchResponse?> HandleAsync(
        OffsetFetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (context.ApiVersion < FirstVersionOfTopicIds)
        {
            return await groups.OffsetFetchAsync(request, context.ToGroupClient());
        }

        var unknown = request.Groups.ConvertAll(TakeOutUnknown);
        var response = await groups.OffsetFetchAsync(request, context.ToGroupClient());
        for (var index = 0; index < response.Groups.Count; index++)
        {
            FillIn(response.Groups[index], unknown[index]);
        }

        return response;
    }

    /// <summary>Gives the topics of a group their names, and takes out those that have none.</summary>
    private List<OffsetFetchRequest.OffsetFetchRequestTopics> TakeOutUnknown(OffsetFetchRequest.OffsetFetchRequestGroup group)
    {
        if (group.Topics is null)
        {
            return [];
        }

        var image = cluster.Image;
        foreach (var topic in group.Topics)
        {
            topic.Name = image.TryGetTopic(topic.TopicId, out var known) ? known.Name : "";
        }

        var unknown = group.Topics.FindAll(topic => topic.Name.Length == 0);
        group.Topics.RemoveAll(topic => topic.Name.Length == 0);
        return unknown;
    }

    private void FillIn(OffsetFetchResponse.OffsetFetchResponseGroup answer, List<OffsetFetchRequest.OffsetFetchRequestTopics> unknown)
    {
        var image = cluster.Image;
        foreach (var topic in answer.Topics)
        {
            topic.TopicId = image.TryGetTopic(topic.Name, out var known) ? known.Id : topic.TopicId;
        }

        // Of all topics, those that are gone have no id to be told by.
        answer.Topics.RemoveAll(topic => topic.TopicId.IsZero);
        if (answer.ErrorCode != ErrorCode.None)
        {
            return;
        }

        foreach (var topic in unknown)
        {
            answer.Topics.Add(new OffsetFetchResponse.OffsetFetchResponseTopics
            {
                TopicId = topic.TopicId,
                Partitions =
                [
                    .. topic.PartitionIndexes.Select(index => new OffsetFetchResponse.OffsetFetchResponsePartitions
                    {
                        PartitionIndex = index,
                        CommittedOffset = -1,
                        CommittedLeaderEpoch = -1,
                        Metadata = "",
                        ErrorCode = ErrorCode.UnknownTopicId,
                    }),
                ],
            });
        }
    }
}
