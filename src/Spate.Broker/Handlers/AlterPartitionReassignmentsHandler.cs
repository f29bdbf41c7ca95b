using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// AlterPartitionReassignments 0 to 1 (KIP-455). A node that is alone can keep replicas where they are and refuse every other place; version 1 brings the
/// wish that the number of replicas stays, which on one node it always does.
/// </summary>
public sealed class AlterPartitionReassignmentsHandler(Controller controller, ClusterView cluster)
    : RequestHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>
{
    protected override async ValueTask<AlterPartitionReassignmentsResponse?> HandleAsync(
        AlterPartitionReassignmentsRequest request, RequestContext context, CancellationToken cancellation) =>
        await controller.DecideAsync(image => PartitionReassignment.Decide(image, request, [cluster.NodeId]), cancellation);
}
