using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>DeleteShareGroupState 0 (KIP-932): a share group reads partitions no longer.</summary>
public sealed class DeleteShareGroupStateHandler(IShareStates states) : RequestHandler<DeleteShareGroupStateRequest, DeleteShareGroupStateResponse>
{
    protected override async ValueTask<DeleteShareGroupStateResponse?> HandleAsync(
        DeleteShareGroupStateRequest request, RequestContext context, CancellationToken cancellation) => await states.DeleteAsync(request);
}
