using System.Runtime.CompilerServices;

namespace Spate.Client.Consuming;

/// <summary>Hands out records by the batches that they were written in.</summary>
internal sealed class BatchEnumeration<TKey, TValue>(ReaderSeat seat)
{
    public async IAsyncEnumerable<ConsumedBatch<TKey, TValue>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        seat.Take();
        using var reader = seat.NewReader<TKey, TValue>();
        FetchedChunk? chunk = null;
        try
        {
            while (true)
            {
                chunk = await seat.NextAsync(cancellationToken).ConfigureAwait(false);
                reader.Open(chunk);
                var isWanted = true;
                while (isWanted && await reader.ReadBatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    seat.Watch.Delivers(chunk.Cursor.Name, reader.Records.Count);
                    cancellationToken.ThrowIfCancellationRequested();
                    await seat.YieldAsync(chunk, cancellationToken).ConfigureAwait(false);
                    var records = reader.IsReadable ? reader.TakeRecords() : new RecordList<TKey, TValue>();
                    for (var index = 0; !reader.IsReadable && index < reader.Records.Count; index++)
                    {
                        if (reader.ErrorAt(index) is not { } error)
                        {
                            records.Add(reader.Records[index]);
                        }
                        else if (seat.Options.OnUnreadable is not null || records.Count == 0)
                        {
                            isWanted = seat.Prefetch.Advance(chunk, reader.Records[index].Offset + 1);
                            await seat.TellAsync(error, cancellationToken).ConfigureAwait(false);
                        }
                        else
                        {
                            // What lies before it is handed out first, and it is met again after that.
                            isWanted = false;
                            break;
                        }
                    }

                    var isCut = !isWanted;
                    var next = isCut && records.Count > 0 ? records[records.Count - 1].Offset + 1 : reader.NextOffset;
                    if (!seat.Prefetch.Advance(chunk, next))
                    {
                        break;
                    }

                    if (records.Count > 0)
                    {
                        yield return new ConsumedBatch<TKey, TValue>(chunk.Cursor.Name, records);
                    }

                    if (isCut)
                    {
                        seat.Prefetch.Finish(chunk);
                        break;
                    }
                }

                reader.Close();
                seat.Prefetch.Release(chunk, isWhole: isWanted);
                chunk = null;
            }
        }
        finally
        {
            reader.Close();
            seat.Leave(chunk);
        }
    }
}
