using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>ListPartitionReassignments 0 (KIP-455): the partitions whose replicas are on their way to other nodes, by what has been decided.</summary>
public sealed class ListPartitionReassignmentsHandler(ClusterView cluster) : RequestHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>
{
    protected override ValueTask<ListPartitionReassignmentsResponse?> HandleAsync(
        ListPartitionReassignmentsRequest request, RequestContext context, CancellationToken cancellation) =>
        new(PartitionReassignment.List(cluster.Image, request));
}
