using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>DescribeTransactions 0 (KIP-664): how far the transactions of transactional ids have come, and where they have written.</summary>
public sealed class DescribeTransactionsHandler(TransactionCoordinator transactions) : RequestHandler<DescribeTransactionsRequest, DescribeTransactionsResponse>
{
    protected override async ValueTask<DescribeTransactionsResponse?> HandleAsync(
        DescribeTransactionsRequest request, RequestContext context, CancellationToken cancellation) => await transactions.DescribeAsync(request);
}
