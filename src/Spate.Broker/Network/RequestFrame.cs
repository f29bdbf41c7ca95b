namespace Spate.Broker.Network;

/// <summary>
/// One complete request as it came from the wire, without its length prefix. It owns its bytes, which lie in one piece and may be written to
/// (offsets are patched in place). Disposing gives the bytes back to the pool; doing it again does nothing. Bytes may be used by one thread
/// at a time.
/// </summary>
public sealed class RequestFrame : IDisposable
{
    private readonly Memory<byte> _bytes;
    private BudgetShare? _share;
    private FrameBuffer? _buffer;
    private int _disposed;

    /// <summary>A frame over bytes that nobody leases, for requests that do not come from a socket.</summary>
    public RequestFrame(Memory<byte> bytes) => _bytes = bytes;

    internal RequestFrame(FrameBuffer buffer, int start, int length, BudgetShare? share)
    {
        _buffer = buffer;
        _share = share;
        _bytes = buffer.Bytes.AsMemory(start, length);
    }

    /// <summary>The request: header and body.</summary>
    /// <exception cref="ObjectDisposedException">The bytes have been given back.</exception>
    public Memory<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _bytes;
        }
    }

    /// <summary>When its last byte had come, by the timestamps of the broker's clock; 0 where nobody looked.</summary>
    internal long ReceivedAt { get; set; }

    /// <summary>Bytes of the request, also after disposal.</summary>
    public int Length => _bytes.Length;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _buffer?.Release();
        _share?.Dispose();
        _buffer = null;
        _share = null;
    }
}
