using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>OffsetDelete 0: a group forgets offsets of topics that none of its members reads (KIP-496). Partitions that do not exist are refused one by one.</summary>
public sealed class OffsetDeleteHandler(GroupCoordinator groups, ClusterView cluster) : RequestHandler<OffsetDeleteRequest, OffsetDeleteResponse>
{
    protected override async ValueTask<OffsetDeleteResponse?> HandleAsync(OffsetDeleteRequest request, RequestContext context, CancellationToken cancellation)
    {
        var image = cluster.Image;
        var refused = new List<(string Topic, int Partition)>();
        foreach (var topic in request.Topics)
        {
            image.TryGetTopic(topic.Name, out var known);
            topic.Partitions.RemoveAll(partition =>
            {
                var isStrange = known?.FindPartition(partition.PartitionIndex) is null;
                if (isStrange)
                {
                    refused.Add((topic.Name, partition.PartitionIndex));
                }

                return isStrange;
            });
        }

        request.Topics.RemoveAll(static topic => topic.Partitions.Count == 0);
        var response = await groups.OffsetDeleteAsync(request);
        if (response.ErrorCode == ErrorCode.None)
        {
            refused.ForEach(partition => Refuse(response, partition.Topic, partition.Partition));
        }

        return response;
    }

    private static void Refuse(OffsetDeleteResponse response, string name, int partition)
    {
        var topic = response.Topics.Find(other => other.Name == name);
        if (topic is null)
        {
            response.Topics.Add(topic = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = name });
        }

        topic.Partitions.Add(new OffsetDeleteResponse.OffsetDeleteResponsePartition { PartitionIndex = partition, ErrorCode = ErrorCode.UnknownTopicOrPartition });
    }
}
