using System.Buffers;

namespace Spate.Client.Connections;

/// <summary>The bytes of one reply in leased memory. Whoever holds it disposes it once, after the last look at them.</summary>
internal sealed class ReplyFrame(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(ReplyFrame))).AsMemory(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
