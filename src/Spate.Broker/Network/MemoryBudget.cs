namespace Spate.Broker.Network;

/// <summary>
/// The bound on the memory of large request frames, over all connections (<c>queued.max.request.bytes</c>). A frame takes its share before
/// memory is leased for it and gives it back when the request is done; when there is none to take, the connection that assembles the frame
/// waits, and TCP slows its client down. Small frames never ask. Safe for use by many threads.
/// </summary>
/// <remarks>
/// A frame too long to be believed at once takes more as its bytes arrive, so frames could wait for one another while each holds a part. To
/// rule that out one frame at a time, and only one that has begun to arrive, may go over the bound; and a frame that finds the budget
/// untouched always gets what it wants. So at most the capacity and one frame's memory are in use.
/// </remarks>
public sealed class MemoryBudget
{
    private readonly Lock _gate = new();
    private readonly LinkedList<BudgetWaiter> _begun = new();
    private readonly LinkedList<BudgetWaiter> _waiting = new();
    private BudgetShare? _overdrawn;
    private long _used;

    /// <param name="capacity">Bytes, from 1; -1 takes <see cref="DefaultCapacity"/> for this machine.</param>
    public MemoryBudget(long capacity = -1)
    {
        if (capacity == -1)
        {
            capacity = DefaultCapacity(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    /// <summary>The bound in bytes.</summary>
    public long Capacity { get; }

    /// <summary>Bytes taken at present.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>How many large frames wait for memory at present.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _begun.Count + _waiting.Count;
            }
        }
    }

    /// <summary>
    /// An eighth of the memory that the process may use, so that the page cache, which is what a log lives on, keeps the most of it; not under
    /// 64 MiB, so that a small container still takes several requests at a time.
    /// </summary>
    public static long DefaultCapacity(long availableBytes) => Math.Max(availableBytes / 8, 64L * 1024 * 1024);

    /// <summary>Takes memory for a frame that begins. Completes when there is enough, in the order of asking.</summary>
    internal async ValueTask<BudgetShare> TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        var share = new BudgetShare(this);
        await GrowAsync(share, bytes, cancellationToken);
        return share;
    }

    /// <summary>Takes <paramref name="bytes"/> more for a frame. Completes when there is enough; frames that have begun come first.</summary>
    internal ValueTask GrowAsync(BudgetShare share, int bytes, CancellationToken cancellationToken)
    {
        var waiter = new BudgetWaiter(share, bytes);
        LinkedList<BudgetWaiter> queue;
        lock (_gate)
        {
            queue = waiter.HasBegun ? _begun : _waiting;

            // The frame that is over the bound waits behind nobody: the others wait for it.
            if ((queue.Count == 0 || _overdrawn == share) && TryGrant(waiter))
            {
                return ValueTask.CompletedTask;
            }

            queue.AddLast(waiter);
        }

        return new ValueTask(WaitAsync(waiter, queue, cancellationToken));
    }

    internal void Return(BudgetShare share)
    {
        lock (_gate)
        {
            _used -= share.Bytes;
            share.Bytes = 0;
            if (_overdrawn == share)
            {
                _overdrawn = null;
            }

            GrantWaiting(_begun);
            GrantWaiting(_waiting);
        }
    }

    private async Task WaitAsync(BudgetWaiter waiter, LinkedList<BudgetWaiter> queue, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(_ => GiveUp(waiter, queue, cancellationToken), null))
        {
            await waiter.Task;
        }
    }

    private void GiveUp(BudgetWaiter waiter, LinkedList<BudgetWaiter> queue, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!queue.Remove(waiter))
            {
                return;
            }

            waiter.SetCanceled(cancellationToken);
            GrantWaiting(queue);
        }
    }

    private void GrantWaiting(LinkedList<BudgetWaiter> queue)
    {
        while (queue.First is { } first && TryGrant(first.Value))
        {
            queue.RemoveFirst();
            first.Value.SetResult();
        }
    }

    private bool TryGrant(BudgetWaiter waiter)
    {
        var fits = _used == 0 || _used + waiter.Bytes <= Capacity;
        if (!fits)
        {
            if (!waiter.HasBegun || (_overdrawn is not null && _overdrawn != waiter.Share))
            {
                return false;
            }

            _overdrawn = waiter.Share;
        }

        _used += waiter.Bytes;
        waiter.Share.Bytes += waiter.Bytes;
        return true;
    }
}
