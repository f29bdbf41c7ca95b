using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>ReadShareGroupState 0 (KIP-932): the leader of partitions asks what became of their records, and fences the leaders before it.</summary>
public sealed class ReadShareGroupStateHandler(IShareStates states) : RequestHandler<ReadShareGroupStateRequest, ReadShareGroupStateResponse>
{
    protected override async ValueTask<ReadShareGroupStateResponse?> HandleAsync(
        ReadShareGroupStateRequest request, RequestContext context, CancellationToken cancellation) => await states.ReadAsync(request);
}
