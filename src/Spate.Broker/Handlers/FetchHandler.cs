using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// Fetch 0 to 18: record batches from an offset on, as they lie on disk. A fetch that finds fewer than <c>min_bytes</c> waits for appends, up
/// to <c>max_wait_ms</c>. Versions 0 to 3 get the message formats of their time. From version 13 on topics are named by id (KIP-516).
/// Incremental sessions (KIP-227) are declined with session id 0, which clients answer by sending full fetches.
/// </summary>
public sealed class FetchHandler(PartitionTable partitions, int responseBytesMax, TimeProvider clock)
    : RequestHandler<FetchRequest, FetchResponse>
{
    private const int NoSession = 0;

    protected override async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (request.SessionId != NoSession)
        {
            return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };
        }

        var fetch = new FetchPass(partitions, request, context.ApiVersion, responseBytesMax);
        fetch.Run();
        if (fetch.IsEnough || request.MaxWaitMs <= 0)
        {
            return fetch.TakeReply();
        }

        using var wait = new FetchWait(fetch.Partitions, TimeSpan.FromMilliseconds(request.MaxWaitMs), clock, cancellation);
        while (true)
        {
            // Looked at again only now that appends are watched: none can slip by between the look and the wait.
            fetch.Run();
            if (fetch.IsEnough || wait.IsOver)
            {
                return fetch.TakeReply();
            }

            await wait.NextAsync();
        }
    }
}
