namespace Spate.Broker.Network;

/// <summary>
/// A large frame while it arrives, received in place into a buffer of its own. The buffer grows with what has really arrived, so that a
/// length without bytes behind it costs no more than its client is believed: as much as a frame that it has sent before. A little room behind the frame takes in the length of
/// the next one, which saves a system call for each frame of a steady stream.
/// </summary>
internal sealed class FrameAssembly : IDisposable
{
    /// <summary>The length up to which a frame ever gets all its memory at once: one mebibyte, the usual bound on a request.</summary>
    public const int BelievedBytesMax = 1024 * 1024;

    /// <summary>The length up to which a client is believed that has sent nothing large yet.</summary>
    public const int BelievedBytesMin = FrameReader.SmallFrameBytesMax;

    private readonly FrameMemory _memory;
    private readonly int _length;
    private BudgetShare? _share;
    private FrameBuffer? _buffer;
    private int _received;

    private FrameAssembly(FrameMemory memory, int length, BudgetShare? share, FrameBuffer buffer)
    {
        _memory = memory;
        _length = length;
        _share = share;
        _buffer = buffer;
    }

    /// <summary>Bytes of the whole frame.</summary>
    public int Length => _length;

    public bool IsComplete => _received >= _length;

    public bool IsFull => _received == _buffer!.Length;

    /// <summary>Where the next bytes go: never beyond the frame and the next one's length.</summary>
    public Memory<byte> Room => _buffer!.Bytes.AsMemory(_received, Math.Min(_buffer.Length, Wanted) - _received);

    /// <summary>What arrived behind the frame.</summary>
    public ReadOnlySpan<byte> Trailing => _buffer!.Bytes.AsSpan(_length, _received - _length);

    private int Wanted => (int)Math.Min((long)_length + sizeof(int), Array.MaxLength);

    /// <summary>Bytes of it that have arrived.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Bytes of the buffer that a frame of <paramref name="length"/> bytes begins with, of which so many are believed.</summary>
    public static int FirstLease(int length, int believed) => FrameBufferPool.LeasedSize(Math.Min(length, believed) + sizeof(int));

    /// <summary>Begins a frame of <paramref name="length"/> bytes, not counting its prefix.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="length">Its announced length, which has been checked.</param>
    /// <param name="believed">The length up to which it gets all its memory at once.</param>
    /// <param name="share">What was taken from the budget for <see cref="FirstLease"/>, or null for a small frame, which takes nothing.</param>
    public static FrameAssembly Begin(FrameMemory memory, int length, int believed, BudgetShare? share) =>
        new(memory, length, share, memory.Pool.Lease(FirstLease(length, believed)));

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer!.Bytes.AsSpan(_received));
        _received += bytes.Length;
    }

    /// <summary>Notes that bytes were received into <see cref="Room"/>.</summary>
    public void Advance(int bytes) => _received += bytes;

    /// <summary>Waits for memory and doubles the buffer. For a moment there are two, of which the budget counts the larger.</summary>
    public async ValueTask GrowAsync(CancellationToken closed)
    {
        var bytes = (int)Math.Min(2L * _buffer!.Length, Wanted);
        await _memory.Budget.GrowAsync(_share!, FrameBufferPool.LeasedSize(bytes) - _buffer.Length, closed);
        var larger = _memory.Pool.Lease(bytes);
        _buffer.Bytes.AsSpan(0, _received).CopyTo(larger.Bytes);
        _buffer.Release();
        _buffer = larger;
    }

    /// <summary>Hands over the complete frame, and with it the memory.</summary>
    public RequestFrame ToFrame()
    {
        var frame = new RequestFrame(_buffer!, 0, _length, _share);
        _buffer = null;
        _share = null;
        return frame;
    }

    public void Dispose()
    {
        _buffer?.Release();
        _share?.Dispose();
        _buffer = null;
        _share = null;
    }
}
