namespace Spate.Broker.Network;

/// <summary>
/// What small requests that are being answered and replies that have not left hold in memory, over all connections. When it is full, each
/// connection gets one request at a time: nobody is shut out and nobody waits for another. One reply for each of many connections may still be
/// too much, where replies are large and clients take them slowly: at twice the capacity the connection goes whose client has taken nothing of its
/// replies for longest, as long as there is one that holds <see cref="LargeBytes"/> or more. So a client that takes its replies is never in the way.
/// In memory are at most twice the capacity, what threads are handing over or giving back at the moment, and less than <see cref="LargeBytes"/> for each connection.
/// Safe for use by many threads.
/// </summary>
public sealed class InFlightMemory
{
    /// <summary>From how many bytes of replies on a connection may be cut for them. What is less is not worth a client's trouble.</summary>
    internal const int LargeBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<ReplyHolder> _holders = [];
    private long _used;

    /// <param name="capacity">Bytes, from 1.</param>
    public InFlightMemory(long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    /// <summary>Bytes from which on connections get one request at a time.</summary>
    public long Capacity { get; }

    /// <summary>Bytes held at present.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether connections get one request at a time.</summary>
    public bool IsFull => Used >= Capacity;

    /// <summary>Bytes from which on connections are cut whose clients do not take their replies.</summary>
    private long Bound => Capacity > long.MaxValue / 2 ? long.MaxValue : 2 * Capacity;

    internal void Add(long bytes)
    {
        if (bytes != 0)
        {
            Interlocked.Add(ref _used, bytes);
        }
    }

    /// <summary>Says how much the replies of a connection hold now.</summary>
    internal void Note(ReplyHolder holder, long bytes)
    {
        lock (_gate)
        {
            holder.Bytes = bytes;
            if (bytes >= LargeBytes)
            {
                _holders.Add(holder);
            }
            else
            {
                _holders.Remove(holder);
            }
        }
    }

    /// <summary>Cuts as many connections as stand between what is held and the bound. Called without a lock, after more was added.</summary>
    internal void Relieve()
    {
        while (Used > Bound && Choose() is { } holder)
        {
            holder.Cut();
        }
    }

    /// <summary>Whose client has taken nothing for longest; null when enough memory is on its way back, or nobody is waited for.</summary>
    private ReplyHolder? Choose()
    {
        lock (_gate)
        {
            var stays = Used;
            var (chosen, longest) = ((ReplyHolder?)null, TimeSpan.Zero);
            foreach (var holder in _holders)
            {
                if (holder.IsLeaving)
                {
                    stays -= holder.Bytes;
                }
                else if (holder.IsWaitedFor && (chosen is null || holder.Still > longest))
                {
                    (chosen, longest) = (holder, holder.Still);
                }
            }

            if (stays <= Bound || chosen is null)
            {
                return null;
            }

            chosen.IsLeaving = true;
            return chosen;
        }
    }
}
