using Spate.Broker.Cluster;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// ElectLeaders 0 to 2 (KIP-460). A node that is alone leads all of its partitions, so there is nothing to elect but to say so; a partition whose
/// directory is offline has nobody who could lead it.
/// </summary>
public sealed class ElectLeadersHandler(Controller controller, ClusterView cluster, PartitionTable partitions) : RequestHandler<ElectLeadersRequest, ElectLeadersResponse>
{
    protected override async ValueTask<ElectLeadersResponse?> HandleAsync(ElectLeadersRequest request, RequestContext context, CancellationToken cancellation)
    {
        try
        {
            return await controller.DecideAsync(image => LeaderElection.Decide(image, request, CanLead), cancellation);
        }
        catch (IOException)
        {
            return new ElectLeadersResponse { ErrorCode = ErrorCode.KafkaStorageError };
        }
    }

    private bool CanLead(int node, TopicPartition partition) => node == cluster.NodeId && !partitions.IsOffline(partition.Topic, partition.Partition);
}
