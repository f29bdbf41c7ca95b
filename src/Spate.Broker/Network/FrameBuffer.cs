namespace Spate.Broker.Network;

/// <summary>
/// A contiguous piece of memory on lease from a <see cref="FrameBufferPool"/>. Several frames that arrived together may hold it at once; it
/// goes back when the last holder lets go.
/// </summary>
internal sealed class FrameBuffer(FrameBufferPool pool, int sizeClass, byte[] bytes)
{
    private int _holders;

    public byte[] Bytes { get; } = bytes;

    public int Length => Bytes.Length;

    /// <summary>The shelf of the pool that it came from.</summary>
    public int SizeClass { get; } = sizeClass;

    /// <summary>Whether anybody besides the caller, who holds it, holds it too. Never turns from false to true behind the caller's back.</summary>
    public bool IsShared => Volatile.Read(ref _holders) > 1;

    /// <summary>Marks a buffer that leaves the pool as held once.</summary>
    public void Lease()
    {
        if (Interlocked.CompareExchange(ref _holders, 1, 0) != 0)
        {
            throw new InvalidOperationException("A buffer was leased while somebody still held it.");
        }
    }

    /// <summary>Adds a holder. Only a holder may call it.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Lets go. The bytes must not be touched afterwards.</summary>
    public void Release()
    {
        var holders = Interlocked.Decrement(ref _holders);
        if (holders < 0)
        {
            throw new InvalidOperationException("A buffer was released more often than it was held.");
        }

        if (holders == 0)
        {
            pool.Return(this);
        }
    }
}
