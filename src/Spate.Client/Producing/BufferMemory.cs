namespace Spate.Client.Producing;

/// <summary>
/// The bound on what waits to be delivered. Whoever does not get room at once waits in line, so that a large record is not passed by small ones for
/// ever. Safe for use by several threads at once.
/// </summary>
internal sealed class BufferMemory(long bytesMax, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _available = bytesMax;

    public long Available
    {
        get
        {
            lock (_gate)
            {
                return _available;
            }
        }
    }

    public bool HasWaiters
    {
        get
        {
            lock (_gate)
            {
                return _waiters.Count > 0;
            }
        }
    }

    public bool TryReserve(int bytes)
    {
        lock (_gate)
        {
            if (_waiters.Count > 0 || _available < bytes)
            {
                return false;
            }

            _available -= bytes;
            return true;
        }
    }

    /// <exception cref="TimeoutException">There was no room in time.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task ReserveAsync(int bytes, TimeSpan timeout, Action onWait, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(bytes);
        lock (_gate)
        {
            if (_waiters.Count == 0 && _available >= bytes)
            {
                _available -= bytes;
                return;
            }

            _waiters.AddLast(waiter);
        }

        onWait();
        try
        {
            await waiter.Granted.Task.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            GiveUp(waiter);
            throw;
        }
    }

    public void Release(int bytes)
    {
        lock (_gate)
        {
            _available += bytes;
            Grant();
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(waiter))
            {
                _available += waiter.Bytes;
            }

            Grant();
        }
    }

    private void Grant()
    {
        while (_waiters.First is { } first && first.Value.Bytes <= _available)
        {
            _waiters.RemoveFirst();
            _available -= first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }

    private sealed class Waiter(int bytes)
    {
        public int Bytes { get; } = bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
