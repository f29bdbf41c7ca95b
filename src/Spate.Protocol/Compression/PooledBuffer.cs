using System.Buffers;

namespace Spate.Protocol.Compression;

/// <summary>
/// Bytes that grow, in an array leased from the shared pool. Meant to be kept and filled again and again; dispose it to give the array back.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>
    /// A larger array than this is let go of by <see cref="Clear"/> and never comes from the pool or goes to it, so that huge batches do not
    /// stay in memory for good: the shared pool would keep such an array for every thread that ever had one. 4 MiB.
    /// </summary>
    public const int MaximumRetained = 4 * 1024 * 1024;

    private const int MinimumCapacity = 4096;

    private byte[] _array = [];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written: good until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public Span<byte> Span => _array.AsSpan(0, Length);

    /// <inheritdoc cref="Span"/>
    public Memory<byte> Memory => _array.AsMemory(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_array.Length > MaximumRetained)
        {
            Dispose();
        }
    }

    public void Advance(int count)
    {
        if (count < 0 || count > _array.Length - Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "More bytes than there was room for.");
        }

        Length += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    /// <summary>Gives the array back. The buffer is empty afterwards and may be used again.</summary>
    public void Dispose()
    {
        LetGo(_array);
        _array = [];
        Length = 0;
    }

    /// <summary>Adds <paramref name="count"/> bytes and returns them to be written.</summary>
    internal Span<byte> Append(int count)
    {
        Reserve(count);
        Length += count;
        return _array.AsSpan(Length - count, count);
    }

    /// <summary>Forgets what was written after the first <paramref name="length"/> bytes.</summary>
    internal void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Room for at least one byte, but never beyond <paramref name="limit"/> bytes in all.</summary>
    internal Span<byte> GetRoom(int limit)
    {
        Reserve(1);
        return _array.AsSpan(Length, Math.Min(_array.Length, limit) - Length);
    }

    private void Reserve(int count)
    {
        var needed = checked(Length + Math.Max(count, 1));
        if (needed <= _array.Length)
        {
            return;
        }

        var capacity = Math.Min(Math.Max(needed, Math.Max(_array.Length * 2L, MinimumCapacity)), Math.Max(needed, Array.MaxLength));
        var larger = capacity > MaximumRetained
            ? LargeArrays.Rent((int)capacity)
            : ArrayPool<byte>.Shared.Rent((int)capacity);
        Span.CopyTo(larger);
        LetGo(_array);
        _array = larger;
    }

    private static void LetGo(byte[] array)
    {
        if (array.Length > MaximumRetained)
        {
            LargeArrays.Return(array);
        }
        else if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
