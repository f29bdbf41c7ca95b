using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// ConsumerGroupHeartbeat 0 and 1: a member of a group whose partitions the broker assigns joins, says what it has, hears what it is to have, and
/// leaves (KIP-848). From version 1 on it makes its own id and may subscribe by regular expression. Answered UNSUPPORTED_VERSION while the
/// cluster's level of group.version is 0.
/// </summary>
public sealed class ConsumerGroupHeartbeatHandler(GroupCoordinator groups, ClusterView cluster) : RequestHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>
{
    private const short LevelOfTheProtocol = 1;

    protected override async ValueTask<ConsumerGroupHeartbeatResponse?> HandleAsync(
        ConsumerGroupHeartbeatRequest request, RequestContext context, CancellationToken cancellation) =>
        cluster.Image.Features.LevelOf(Features.GroupVersion) < LevelOfTheProtocol
            ? new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = "The level of group.version is below 1: groups of the consumer protocol are switched off." }
            : await groups.ConsumerGroupHeartbeatAsync(request, context.ToGroupClient());
}
