using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>InitializeShareGroupState 0 (KIP-932): a share group begins to read partitions, or is made to begin elsewhere.</summary>
public sealed class InitializeShareGroupStateHandler(IShareStates states) : RequestHandler<InitializeShareGroupStateRequest, InitializeShareGroupStateResponse>
{
    protected override async ValueTask<InitializeShareGroupStateResponse?> HandleAsync(
        InitializeShareGroupStateRequest request, RequestContext context, CancellationToken cancellation) => await states.InitializeAsync(request);
}
