using Spate.Broker.Requests;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>ReadShareGroupStateSummary 0 and 1 (KIP-932): from where partitions are delivered to a share group.</summary>
public sealed class ReadShareGroupStateSummaryHandler(IShareStates states) : RequestHandler<ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse>
{
    protected override async ValueTask<ReadShareGroupStateSummaryResponse?> HandleAsync(
        ReadShareGroupStateSummaryRequest request, RequestContext context, CancellationToken cancellation) => await states.SummarizeAsync(request);
}
