using System.Runtime.CompilerServices;

namespace Spate.Client.Consuming;

/// <summary>Hands out batches as they were received.</summary>
internal sealed class RawEnumeration(ReaderSeat seat)
{
    public async IAsyncEnumerable<RawBatch> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        seat.Take();
        using var batches = new ChunkBatches(seat.Options);
        var batch = new RawBatch(batches);
        FetchedChunk? chunk = null;
        try
        {
            while (true)
            {
                chunk = await seat.NextAsync(cancellationToken).ConfigureAwait(false);
                batches.Open(chunk);
                var isWanted = true;
                while (isWanted && batches.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await seat.YieldAsync(chunk, cancellationToken).ConfigureAwait(false);
                    isWanted = seat.Prefetch.Advance(chunk, batches.NextOffset);
                    if (isWanted && !batches.IsEmpty)
                    {
                        seat.Watch.Delivers(chunk.Cursor.Name, batches.CountAtMost);
                        yield return batch;
                    }
                }

                batches.Close();
                seat.Prefetch.Release(chunk, isWhole: true);
                chunk = null;
            }
        }
        finally
        {
            seat.Leave(chunk);
        }
    }
}
