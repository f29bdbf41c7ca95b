using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>
/// ListTransactions 0 to 2 (KIP-664): the transactional ids that this broker coordinates, by state and producer; from version 1 on by how long a
/// transaction has lasted (KIP-994), from 2 on by a pattern of the id (KIP-1152).
/// </summary>
public sealed class ListTransactionsHandler(TransactionCoordinator transactions) : RequestHandler<ListTransactionsRequest, ListTransactionsResponse>
{
    protected override async ValueTask<ListTransactionsResponse?> HandleAsync(
        ListTransactionsRequest request, RequestContext context, CancellationToken cancellation) => await transactions.ListAsync(request);
}
