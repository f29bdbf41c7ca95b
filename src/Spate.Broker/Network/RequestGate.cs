namespace Spate.Broker.Network;

/// <summary>
/// How many requests may be between the wire and the end of what their handlers do at once, over all connections
/// (<c>queued.max.requests</c>). There is no queue of requests: the thread that received a request handles it, so what is bounded is how
/// many threads a disk that hangs can take. Connections beyond the bound read no further and come in the order of their asking, so that a
/// busy one cannot keep the others out. Requests that wait (for records, for a group) have left. Safe for use by many threads.
/// </summary>
/// <remarks>
/// Nearly always there is room, which costs two atomic additions. Who finds none takes its own addition back and only then, under the lock,
/// asks for those who wait: so a place that was free meanwhile is found by somebody.
/// </remarks>
public sealed class RequestGate
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _line = new();
    private int _inside;
    private int _waiting;

    /// <param name="requestsMax">Requests at once, from 1.</param>
    public RequestGate(int requestsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(requestsMax, 1);
        RequestsMax = requestsMax;
    }

    /// <summary>The bound.</summary>
    public int RequestsMax { get; }

    /// <summary>Requests that are being handled at present.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Requests that were received and wait to be handled, one for a connection at the most.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a place, now or when there is one.</summary>
    internal ValueTask EnterAsync(CancellationToken closed) =>
        Waiting == 0 && TryEnter() ? ValueTask.CompletedTask : new ValueTask(WaitAsync(closed));

    internal void Leave()
    {
        Interlocked.Decrement(ref _inside);
        if (Waiting > 0)
        {
            lock (_gate)
            {
                LetIn();
            }
        }
    }

    private bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= RequestsMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    private async Task WaitAsync(CancellationToken closed)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _line.AddLast(turn);
            Volatile.Write(ref _waiting, _line.Count);
            LetIn();
        }

        using (closed.UnsafeRegister(_ => GiveUp(turn, closed), null))
        {
            await turn.Task;
        }
    }

    private void LetIn()
    {
        while (_line.First is { } first && TryEnter())
        {
            _line.RemoveFirst();
            Volatile.Write(ref _waiting, _line.Count);
            first.Value.SetResult();
        }
    }

    private void GiveUp(TaskCompletionSource turn, CancellationToken closed)
    {
        lock (_gate)
        {
            if (_line.Remove(turn))
            {
                Volatile.Write(ref _waiting, _line.Count);
                turn.SetCanceled(closed);
            }
        }
    }
}
