using System.Buffers;
using Spate.Protocol.Checksums;
using Spate.Protocol.Records;
using Spate.Storage.Files;

namespace Spate.Storage.Segments;

/// <summary>
/// Walks the entries of a segment's file from one place to another through a window that its owner lends. By default only their headers are
/// read: an entry that reaches past the window is stepped over. When <see cref="MoveNext"/> returns false, <see cref="Error"/> tells the end
/// from an entry that is torn or none.
/// </summary>
internal ref struct BatchCursor
{
    /// <summary>A window that finds a few headers at once and fits on the stack.</summary>
    public const int SmallWindow = 4096;

    private readonly IStorageFile _file;
    private readonly Span<byte> _window;
    private readonly long _end;
    private long _windowStart;
    private int _windowLength;
    private StoredBatch _current;

    /// <param name="file">The segment's file.</param>
    /// <param name="start">Where an entry starts.</param>
    /// <param name="end">Where to stop; nothing at or after it is read.</param>
    /// <param name="window">Memory to read into, at least <see cref="StoredBatch.HeaderSize"/> bytes.</param>
    public BatchCursor(IStorageFile file, long start, long end, Span<byte> window)
    {
        _file = file;
        _window = window;
        _end = end;
        Next = start;
    }

    public readonly StoredBatch Current => _current;

    /// <summary>Where the current entry starts.</summary>
    public long Position { get; private set; }

    /// <summary>Where the entries end that were seen to be whole.</summary>
    public long Next { get; private set; }

    public RecordError Error { get; private set; }

    public bool MoveNext()
    {
        if (Error != RecordError.None || Next >= _end)
        {
            return false;
        }

        var header = Load(Next, (int)Math.Min(StoredBatch.HeaderSize, _end - Next));
        Error = StoredBatch.TryRead(header, _end - Next, out _current);
        if (Error != RecordError.None)
        {
            return false;
        }

        Position = Next;
        Next += _current.Size;
        return true;
    }

    /// <summary>Reads the whole current entry and says whether its checksum matches.</summary>
    public bool IsSound()
    {
        if (_current.Magic != RecordBatchLayout.CurrentMagic)
        {
            return IsLegacySound();
        }

        var checksum = 0u;
        for (var position = Position + RecordBatchLayout.Attributes; position < Next;)
        {
            var part = Load(position, (int)Math.Min(_window.Length, Next - position));
            if (part.IsEmpty)
            {
                return false;
            }

            checksum = Crc32C.Append(checksum, part);
            position += part.Length;
        }

        return checksum == _current.Header.Crc;
    }

    /// <summary>Copies the whole current entry to memory of at least its size.</summary>
    /// <returns>False when the file ends before it does.</returns>
    public readonly bool TryCopy(Span<byte> destination) =>
        _file.Read(destination[.._current.Size], Position) == _current.Size;

    private readonly bool IsLegacySound()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(_current.Size);
        var isSound = TryCopy(buffer) && LegacyMessage.Read(buffer.AsSpan(0, _current.Size), out _) == RecordError.None;
        ArrayPool<byte>.Shared.Return(buffer);
        return isSound;
    }

    private ReadOnlySpan<byte> Load(long position, int count)
    {
        if (position < _windowStart || position + count > _windowStart + _windowLength)
        {
            _windowLength = _file.Read(_window[..(int)Math.Min(_window.Length, _end - position)], position);
            _windowStart = position;
        }

        var start = (int)(position - _windowStart);
        return _window.Slice(start, Math.Min(count, _windowLength - start));
    }
}
