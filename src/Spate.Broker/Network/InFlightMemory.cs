namespace Spate.Broker.Network;

/// <summary>
/// What small requests that are being answered and replies that have not left hold in memory, over all connections. When it is full, each
/// connection gets one request at a time: nobody is shut out, nobody waits for another, and a client that does not take its replies holds
/// one of them. So at most the capacity and one request or reply for each connection are in memory. Safe for use by many threads.
/// </summary>
public sealed class InFlightMemory
{
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

    internal void Add(long bytes)
    {
        if (bytes != 0)
        {
            Interlocked.Add(ref _used, bytes);
        }
    }
}
