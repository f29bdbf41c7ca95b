using Spate.Broker.Cluster;
using Spate.Broker.Coordinators;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// FindCoordinator 0 to 6: who coordinates a group, or the transactions of a transactional id; version 4 asks for many at once (KIP-699). On a
/// single node that is this one. Share groups have no coordinator here yet, and whoever asks for one is told so.
/// </summary>
public sealed class FindCoordinatorHandler(ClusterView cluster, InternalTopic groups, InternalTopic transactions) : RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const int FirstVersionOfMany = 4;

    protected override async ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context, CancellationToken cancellation)
    {
        var (error, message) = await FindAsync(request.KeyType, cancellation);
        var node = error == ErrorCode.None ? cluster.Self(context.Connection.ListenerName) : BrokerAddress.Nowhere;
        if (context.ApiVersion < FirstVersionOfMany)
        {
            return new FindCoordinatorResponse
            {
                ErrorCode = error,
                ErrorMessage = message,
                NodeId = node.Id,
                Host = node.Host,
                Port = node.Port,
            };
        }

        var reply = new FindCoordinatorResponse();
        foreach (var key in request.CoordinatorKeys)
        {
            reply.Coordinators.Add(new FindCoordinatorResponse.Coordinator
            {
                Key = key,
                ErrorCode = error,
                ErrorMessage = message,
                NodeId = node.Id,
                Host = node.Host,
                Port = node.Port,
            });
        }

        return reply;
    }

    private async ValueTask<(ErrorCode Error, string? Message)> FindAsync(sbyte keyType, CancellationToken cancellation)
    {
        var topic = keyType switch
        {
            GroupKey => groups,
            TransactionKey => transactions,
            _ => null,
        };
        if (topic is null)
        {
            return (ErrorCode.InvalidRequest, $"There is no coordinator of the type {keyType} here; this broker coordinates groups of consumers and transactions only.");
        }

        return await topic.EnsureAsync(cancellation)
            ? (ErrorCode.None, null)
            : (ErrorCode.CoordinatorNotAvailable, "The topic that keeps the coordinator's state could not be created; the broker's log says why.");
    }
}
