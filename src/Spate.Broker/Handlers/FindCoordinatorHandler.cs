using Spate.Broker.Cluster;
using Spate.Broker.Coordinators;
using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// FindCoordinator 0 to 6: who coordinates a group, the transactions of a transactional id, or, from version 6 on, what became of the records of a partition in a share
/// group (KIP-932), whose key is <c>group:topicId:partition</c>; version 4 asks for many at once (KIP-699). On a single node that is this one.
/// </summary>
/// <param name="cluster">Where clients find this node.</param>
/// <param name="groups">The topic that keeps groups.</param>
/// <param name="transactions">The topic that keeps transactions.</param>
/// <param name="shares">The topic that keeps what became of the records of share groups.</param>
public sealed class FindCoordinatorHandler(ClusterView cluster, InternalTopic groups, InternalTopic transactions, InternalTopic shares)
    : RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const sbyte ShareKey = 2;
    private const int FirstVersionOfMany = 4;
    private const int FirstVersionOfShares = 6;

    protected override async ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context, CancellationToken cancellation)
    {
        var self = cluster.Self(context.Connection.ListenerName);
        if (context.ApiVersion < FirstVersionOfMany)
        {
            var (error, message) = await FindAsync(request.KeyType, request.Key, context.ApiVersion, cancellation);
            var node = error == ErrorCode.None ? self : BrokerAddress.Nowhere;
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
            var (error, message) = await FindAsync(request.KeyType, key, context.ApiVersion, cancellation);
            var node = error == ErrorCode.None ? self : BrokerAddress.Nowhere;
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

    private async ValueTask<(ErrorCode Error, string? Message)> FindAsync(sbyte keyType, string key, short version, CancellationToken cancellation)
    {
        var topic = keyType switch
        {
            GroupKey => groups,
            TransactionKey => transactions,
            ShareKey when version >= FirstVersionOfShares => shares,
            _ => null,
        };
        if (topic is null)
        {
            return (ErrorCode.InvalidRequest, keyType == ShareKey
                ? $"Coordinators of share groups are asked for from version {FirstVersionOfShares} on."
                : $"There is no coordinator of the type {keyType} here; this broker coordinates groups, transactions and deliveries of share groups.");
        }

        if (keyType == ShareKey && SharePartitionKey.TryParse(key) is null)
        {
            return (ErrorCode.InvalidRequest, $"The key '{key}' is not of the form group:topicId:partition.");
        }

        return await topic.EnsureAsync(cancellation)
            ? (ErrorCode.None, null)
            : (ErrorCode.CoordinatorNotAvailable, "The topic that keeps the coordinator's state could not be created; the broker's log says why.");
    }
}
