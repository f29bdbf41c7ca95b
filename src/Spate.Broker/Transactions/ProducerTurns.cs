namespace Spate.Broker.Transactions;

/// <summary>
/// Keeps the requests of one transactional id in their order while one of them waits for its coordinator: what was sent behind the first batch of
/// a transaction must not come before it. An id that waits for nothing costs one look. Safe for use by several threads at once.
/// </summary>
internal sealed class ProducerTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Runs the work after all that was given for the same id before; at once, and on the caller's stack, when that is over.</summary>
    /// <param name="transactionalId">Whose turn.</param>
    /// <param name="work">What to do; never fails.</param>
    public ValueTask RunAsync(string transactionalId, Func<ValueTask> work)
    {
        Task waiting;
        TaskCompletionSource? own = null;
        lock (_lock)
        {
            if (_last.TryGetValue(transactionalId, out var before))
            {
                waiting = AfterAsync(before, work);
                _last[transactionalId] = waiting;
            }
            else
            {
                own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = own.Task;
                _last[transactionalId] = waiting;
            }
        }

        return own is null ? FinishAsync(transactionalId, waiting, null, default) : RunNow(transactionalId, work, own);
    }

    private ValueTask RunNow(string transactionalId, Func<ValueTask> work, TaskCompletionSource own)
    {
        ValueTask running;
        try
        {
            running = work();
        }
        catch
        {
            End(transactionalId, own.Task, own);
            throw;
        }

        if (!running.IsCompletedSuccessfully)
        {
            return FinishAsync(transactionalId, own.Task, own, running);
        }

        End(transactionalId, own.Task, own);
        return ValueTask.CompletedTask;
    }

    private static async Task AfterAsync(Task before, Func<ValueTask> work)
    {
        await before;
        await work();
    }

    private async ValueTask FinishAsync(string transactionalId, Task turn, TaskCompletionSource? own, ValueTask running)
    {
        try
        {
            await (own is null ? new ValueTask(turn) : running);
        }
        finally
        {
            End(transactionalId, turn, own);
        }
    }

    private void End(string transactionalId, Task turn, TaskCompletionSource? own)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(transactionalId, out var last) && ReferenceEquals(last, turn))
            {
                _last.Remove(transactionalId);
            }
        }

        own?.SetResult();
    }
}
