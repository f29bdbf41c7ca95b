using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>WriteShareGroupState 0 and 1 (KIP-932): the leader of partitions has written down what became of their records.</summary>
public sealed class WriteShareGroupStateHandler(IShareStates states) : RequestHandler<WriteShareGroupStateRequest, WriteShareGroupStateResponse>
{
    protected override async ValueTask<WriteShareGroupStateResponse?> HandleAsync(
        WriteShareGroupStateRequest request, RequestContext context, CancellationToken cancellation) => await states.WriteAsync(request);
}
