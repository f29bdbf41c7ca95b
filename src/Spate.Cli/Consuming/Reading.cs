using Spate.Client.Consuming;

namespace Spate.Cli.Consuming;

/// <summary>Moves records from a consumer to the sink until there are enough, or all there were.</summary>
/// <param name="sink">Where they go.</param>
/// <param name="ends">Where reading ends; null to go on for ever.</param>
/// <param name="onWritten">Told of each record once it was taken by the sink.</param>
/// <param name="onRest">Called when everything was written that was taken: when nothing more is there at once, and now and then.</param>
/// <param name="clock">The clock by which the ends are looked for.</param>
internal sealed class Reading(RecordSink sink, EndWatch? ends, Action<ReadRecord> onWritten, Func<Task> onRest, TimeProvider clock)
{
    /// <summary>How often it is looked whether a partition ends with what is no record, such as the mark of a transaction.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Records without a rest, after which one is taken all the same.</summary>
    private const int RecordsWithoutRest = 10_000;

    public async Task RunAsync(Consumer consumer, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var records = consumer.ConsumeAsync<byte[], byte[]>(enough.Token).GetAsyncEnumerator(enough.Token);
        await using (records)
        {
            var taken = 0;
            while (!sink.IsFull && ends?.IsReached is not true && await NextAsync(records.MoveNextAsync(), consumer, enough))
            {
                var record = records.Current;
                if (ends?.Includes(record.Partition, record.Offset) is not false)
                {
                    sink.Take(record);
                    onWritten(record);
                }

                if (++taken % RecordsWithoutRest == 0)
                {
                    sink.Flush();
                    await onRest();
                }
            }
        }

        sink.Flush();
    }

    /// <returns>Whether there is a record; false when all ends were reached while one was waited for.</returns>
    private async ValueTask<bool> NextAsync(ValueTask<bool> next, Consumer consumer, CancellationTokenSource enough)
    {
        if (next.IsCompleted)
        {
            return await next;
        }

        sink.Flush();
        var waiting = next.AsTask();
        try
        {
            await onRest();
            return ends is null ? await waiting : await NextAsync(waiting, () => ends.Look(consumer), ends, enough, clock);
        }
        catch
        {
            // The enumeration can be disposed of only when nothing is asked of it.
            await enough.CancelAsync();
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Waits for a record, or for the ends to be reached without one.</summary>
    /// <param name="waiting">Whether there is a record, once that is known.</param>
    /// <param name="look">Has the ends look where the consumer is.</param>
    /// <param name="ends">Where reading ends.</param>
    /// <param name="enough">Ends the wait for a record.</param>
    /// <param name="clock">The clock by which it is looked.</param>
    internal static async Task<bool> NextAsync(Task<bool> waiting, Action look, EndWatch ends, CancellationTokenSource enough, TimeProvider clock)
    {
        while (!waiting.IsCompleted && !enough.IsCancellationRequested)
        {
            look();
            if (ends.IsReached)
            {
                await enough.CancelAsync();
                return await LastAsync(waiting, enough.Token);
            }

            await Task.WhenAny(waiting, Task.Delay(Pause, clock, enough.Token));
        }

        return await waiting;
    }

    /// <returns>Whether there is a record after all: the consumer's position is past the one that it is just handing out.</returns>
    private static async Task<bool> LastAsync(Task<bool> waiting, CancellationToken enough)
    {
        try
        {
            return await waiting;
        }
        catch (OperationCanceledException end) when (end.CancellationToken == enough)
        {
            return false;
        }
    }
}
