using System.Buffers;
using System.Runtime.InteropServices;

namespace Spate.Client.Consuming;

/// <summary>
/// Bytes of one batch, lent to whoever has its records: they are read where they were received, and not at all once the batch is over. Whoever tries is told, instead of
/// reading what lies there by then. Given back by the enumeration; read by any thread.
/// </summary>
internal sealed class LentBytes(ReadOnlyMemory<byte> bytes) : MemoryManager<byte>
{
    private readonly Memory<byte> _bytes = MemoryMarshal.AsMemory(bytes);
    private volatile bool _isOver;

    /// <summary>A part of the bytes.</summary>
    public ReadOnlyMemory<byte> Lend(int start, int length) => CreateMemory(start, length);

    /// <summary>The batch is over.</summary>
    public void TakeBack() => _isOver = true;

    public override Span<byte> GetSpan() => Bytes.Span;

    public override MemoryHandle Pin(int elementIndex = 0) => Bytes[elementIndex..].Pin();

    public override void Unpin()
    {
        // The handle that Pin gave belongs to the memory behind this one, and is let go of there.
    }

    protected override void Dispose(bool disposing) => TakeBack();

    private Memory<byte> Bytes => !_isOver ? _bytes : throw new ObjectDisposedException(
        nameof(ReadOnlyMemory<byte>),
        "These bytes were lent until the enumeration went on. Copy them before, or read keys or values as byte[], which may be kept.");
}
