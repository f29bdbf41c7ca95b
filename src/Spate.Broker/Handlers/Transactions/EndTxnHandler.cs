using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>EndTxn 0 to 5: a producer commits its transaction, or takes it back. From version 5 on it goes on in the epoch that it is answered (KIP-890).</summary>
public sealed class EndTxnHandler(TransactionCoordinator transactions) : RequestHandler<EndTxnRequest, EndTxnResponse>
{
    private const short FirstVersionOfFenced = 2;

    protected override async ValueTask<EndTxnResponse?> HandleAsync(EndTxnRequest request, RequestContext context, CancellationToken cancellation)
    {
        var response = await transactions.EndTransactionAsync(request, context.ApiVersion, cancellation);
        response.ErrorCode = FencedProducers.Tell(response.ErrorCode, context.ApiVersion, FirstVersionOfFenced);
        return response;
    }
}
