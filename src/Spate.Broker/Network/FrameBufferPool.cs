using System.Numerics;

namespace Spate.Broker.Network;

/// <summary>
/// Memory for frames, used again and again: fresh memory costs a page fault every 4 KiB, which is as much as receiving into it. Buffers lie
/// on shelves by size, four to each power of two, so that at most a quarter of a buffer is waste. Safe for use by many threads.
/// </summary>
public sealed class FrameBufferPool
{
    /// <summary>What a pool keeps at rest when nothing else is said: enough for some dozens of one-mebibyte requests at a time.</summary>
    public const long DefaultRetainedBytesMax = 32 * 1024 * 1024;

    private const int SmallestBytesLog2 = 8;
    private const int LargestBytesLog2 = 28;
    private const int ShelvesPerDoubling = 4;
    private const int Unshelved = -1;

    private readonly Shelf[] _shelves;
    private readonly long _retainedBytesMax;
    private long _retainedBytes;
    private int _outstanding;

    /// <param name="retainedBytesMax">Bytes that may lie on the shelves; what comes back beyond is left to the garbage collector.</param>
    public FrameBufferPool(long retainedBytesMax = DefaultRetainedBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(retainedBytesMax);
        _retainedBytesMax = retainedBytesMax;
        _shelves = new Shelf[((LargestBytesLog2 - SmallestBytesLog2) * ShelvesPerDoubling) + 1];
        for (var i = 0; i < _shelves.Length; i++)
        {
            _shelves[i] = new Shelf();
        }
    }

    /// <summary>Buffers that are out on lease. Zero when every connection and every frame is gone; anything else is a leak.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Bytes that lie unused on the shelves.</summary>
    public long RetainedBytes => Volatile.Read(ref _retainedBytes);

    /// <summary>Lets go of the buffers that nobody needed since the last call, so that a burst is not paid for ever after.</summary>
    public void Trim()
    {
        foreach (var shelf in _shelves)
        {
            Interlocked.Add(ref _retainedBytes, -shelf.Trim());
        }
    }

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes, held once. What it contains is left over from before.</summary>
    internal FrameBuffer Lease(int bytes)
    {
        var shelf = ShelfFor(bytes, out var size);
        var buffer = shelf == Unshelved ? null : _shelves[shelf].Take();
        if (buffer is null)
        {
            buffer = new FrameBuffer(this, shelf, GC.AllocateUninitializedArray<byte>(size));
        }
        else
        {
            Interlocked.Add(ref _retainedBytes, -buffer.Length);
        }

        buffer.Lease();
        Interlocked.Increment(ref _outstanding);
        return buffer;
    }

    internal void Return(FrameBuffer buffer)
    {
        Interlocked.Decrement(ref _outstanding);
        if (buffer.SizeClass == Unshelved)
        {
            return;
        }

        if (Interlocked.Add(ref _retainedBytes, buffer.Length) <= _retainedBytesMax)
        {
            _shelves[buffer.SizeClass].Put(buffer);
        }
        else
        {
            Interlocked.Add(ref _retainedBytes, -buffer.Length);
        }
    }

    /// <summary>How large the buffer is that a lease of <paramref name="bytes"/> bytes gets.</summary>
    internal static int LeasedSize(int bytes)
    {
        _ = ShelfFor(bytes, out var size);
        return size;
    }

    private static int ShelfFor(int bytes, out int size)
    {
        if (bytes <= 1 << SmallestBytesLog2)
        {
            size = 1 << SmallestBytesLog2;
            return 0;
        }

        var doubling = BitOperations.Log2((uint)bytes - 1);
        if (doubling >= LargestBytesLog2)
        {
            size = bytes;
            return Unshelved;
        }

        var step = (1 << doubling) / ShelvesPerDoubling;
        var steps = (bytes - (1 << doubling) + step - 1) / step;
        size = (1 << doubling) + (steps * step);
        return ((doubling - SmallestBytesLog2) * ShelvesPerDoubling) + steps;
    }

    /// <summary>The free buffers of one size, the most recently used (and so the warmest in the cache) first.</summary>
    private sealed class Shelf
    {
        private readonly Lock _gate = new();
        private readonly Stack<FrameBuffer> _free = new();
        private int _fewestFree;

        public FrameBuffer? Take()
        {
            lock (_gate)
            {
                if (!_free.TryPop(out var buffer))
                {
                    return null;
                }

                _fewestFree = Math.Min(_fewestFree, _free.Count);
                return buffer;
            }
        }

        public void Put(FrameBuffer buffer)
        {
            lock (_gate)
            {
                _free.Push(buffer);
            }
        }

        public long Trim()
        {
            lock (_gate)
            {
                long bytes = 0;
                for (; _fewestFree > 0; _fewestFree--)
                {
                    bytes += _free.Pop().Length;
                }

                _free.TrimExcess();
                _fewestFree = _free.Count;
                return bytes;
            }
        }
    }
}
