using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// DescribeCluster 0 to 2 (KIP-700): the cluster's id, its controller, and its brokers as a client of this listener reaches them. From version 1
/// on it can be asked of controllers (KIP-919), which is refused here, at a broker; from version 2 on also for brokers that are fenced.
/// </summary>
public sealed class DescribeClusterHandler(ClusterView cluster) : RequestHandler<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte BrokerEndpoints = 1;
    private const sbyte ControllerEndpoints = 2;

    /// <summary>Create, alter, describe, cluster action, describe and alter configs, idempotent write: a bit each, by their numbers. Nobody is kept from any yet.</summary>
    private const int AllOperations = (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);

    protected override ValueTask<DescribeClusterResponse?> HandleAsync(DescribeClusterRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (request.EndpointType != BrokerEndpoints)
        {
            return new ValueTask<DescribeClusterResponse?>(Refused(request.EndpointType));
        }

        var reply = new DescribeClusterResponse
        {
            ErrorMessage = null,
            ClusterId = cluster.ClusterId,
            ControllerId = cluster.NodeId,
        };
        foreach (var broker in cluster.Image.Brokers.ById.Values)
        {
            if ((!broker.IsFenced || request.IncludeFencedBrokers) && Address(broker, context.Connection.ListenerName) is { } address)
            {
                reply.Brokers.Add(new DescribeClusterResponse.DescribeClusterBroker
                {
                    BrokerId = broker.Id,
                    Host = address.Host,
                    Port = address.Port,
                    Rack = broker.Rack,
                    IsFenced = broker.IsFenced,
                });
            }
        }

        if (request.IncludeClusterAuthorizedOperations)
        {
            reply.ClusterAuthorizedOperations = AllOperations;
        }

        return new ValueTask<DescribeClusterResponse?>(reply);
    }

    private static DescribeClusterResponse Refused(sbyte endpoints) => new()
    {
        ErrorCode = endpoints == ControllerEndpoints ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType,
        ErrorMessage = endpoints == ControllerEndpoints
            ? "Controllers are asked about at a controller's listener, and this is a broker's."
            : $"The endpoint type {endpoints} is neither 1 (brokers) nor 2 (controllers).",
        EndpointType = endpoints,
    };

    /// <summary>Where a client of a listener reaches a broker; null when it has no such listener.</summary>
    private BrokerAddress? Address(BrokerImage broker, string listener)
    {
        if (broker.Id == cluster.NodeId)
        {
            return cluster.Self(listener);
        }

        return broker.FindEndPoint(listener) is { } endPoint ? new BrokerAddress(broker.Id, endPoint.Host, endPoint.Port) : null;
    }
}
