using System.Buffers;

namespace Spate.Storage.Validation;

/// <summary>Pooled memory that grows as batches are added to it. Given back once, however often it is disposed.</summary>
internal sealed class PooledRecords : IDisposable
{
    private byte[]? _buffer;
    private int _length;

    public PooledRecords(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public Memory<byte> Memory => Buffer.AsMemory(0, _length);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PooledRecords));

    /// <summary>Copies <paramref name="bytes"/> to the end and returns where they lie now.</summary>
    public Memory<byte> Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(checked(_length + bytes.Length));
        var appended = Buffer.AsMemory(_length, bytes.Length);
        bytes.CopyTo(appended.Span);
        _length += bytes.Length;
        return appended;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int capacity)
    {
        var buffer = Buffer;
        if (capacity <= buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(capacity, buffer.Length * 2L), Array.MaxLength));
        buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
