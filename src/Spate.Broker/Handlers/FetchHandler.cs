using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// Fetch 0 to 18: record batches from an offset on, as they lie on disk. A fetch that finds fewer than <c>min_bytes</c> waits for appends, up
/// to <c>max_wait_ms</c>. Versions 0 to 3 get the message formats of their time. From version 13 on topics are named by id (KIP-516).
/// Incremental sessions (KIP-227) are declined with session id 0, which clients answer by sending full fetches. When the broker stops,
/// fetches that wait are answered with what there is.
/// </summary>
public sealed class FetchHandler(PartitionTable partitions, int responseBytesMax, TimeProvider clock, CancellationToken stopping)
    : RequestHandler<FetchRequest, FetchResponse>
{
    // A fetch of either epoch is a full one, whatever session it names: the first of a new session, or one that wants none.
    private const int FirstEpoch = 0;
    private const int NoSessionEpoch = -1;

    protected override async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (request.SessionEpoch is not (FirstEpoch or NoSessionEpoch))
        {
            return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };
        }

        var fetch = new FetchPass(partitions, request, context.ApiVersion, responseBytesMax);
        try
        {
            fetch.Run();
            if (!fetch.IsEnough && request.MaxWaitMs > 0)
            {
                await WaitAsync(fetch, TimeSpan.FromMilliseconds(request.MaxWaitMs), cancellation);
            }

            return fetch.TakeReply();
        }
        finally
        {
            // What was not taken is let go of, also when something failed on the way.
            fetch.Release();
        }
    }

    private async ValueTask WaitAsync(FetchPass fetch, TimeSpan time, CancellationToken cancellation)
    {
        using var wait = new FetchWait([.. fetch.Partitions], time, clock, cancellation, stopping);
        while (true)
        {
            // Looked at again only now that appends are watched: none can slip by between the look and the wait. Whether it is over is
            // asked before, so that the last look comes after the end.
            var isOver = wait.IsOver;
            fetch.Run();
            if (fetch.IsEnough || isOver)
            {
                return;
            }

            // Files are not held open while nobody reads them.
            fetch.Release();
            await wait.NextAsync();
        }
    }
}
