using System.Buffers;
using Spate.Protocol.Records;
using Spate.Storage.Files;
using Spate.Storage.Segments;

namespace Spate.Storage.Compaction;

/// <summary>
/// Reads a segment from front to back in stretches of whole batches. A batch that is larger than the buffer makes it grow, up to what is left
/// of the segment, and the next segment begins with a buffer of the usual size. Not safe for use by several threads at once.
/// </summary>
internal sealed class SegmentReader(int bufferSize) : IDisposable
{
    private FileLease? _lease;
    private byte[]? _buffer;
    private long _end;
    private int _length;

    /// <summary>Whole batches, as read from the disk; good until the next call.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(0, _length);

    /// <summary>Where the next stretch begins, or where a batch is that cannot be read.</summary>
    public long Position { get; private set; }

    /// <summary>Why <see cref="MoveNext"/> returned false; none at the end of the segment.</summary>
    public RecordError Error { get; private set; }

    /// <summary>Begins with a segment that nobody writes to.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="position">Where a batch begins.</param>
    /// <exception cref="FileNotFoundException">It has been deleted.</exception>
    public void Begin(LogSegment segment, int position)
    {
        End();
        _lease = segment.LogFile.Lease();
        _buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
        _end = segment.Size;
        Position = position;
        Error = RecordError.None;
    }

    /// <exception cref="IOException">The disk failed.</exception>
    public bool MoveNext()
    {
        _length = 0;
        while (Error == RecordError.None && Position < _end)
        {
            var buffer = _buffer!;
            var read = _lease!.Value.File.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, _end - Position)), Position);
            _length = LengthOfWhole(buffer.AsSpan(0, read), out var needed);
            if (_length > 0)
            {
                Position += _length;
                return true;
            }

            // Only the first batch of a stretch can say that it is larger than the buffer.
            if (Error == RecordError.None)
            {
                Grow(needed);
            }
        }

        return false;
    }

    public void Dispose() => End();

    private int LengthOfWhole(ReadOnlySpan<byte> bytes, out int needed)
    {
        var batches = new RecordBatchEnumerator(bytes);
        while (batches.MoveNext())
        {
            // Each is looked at when it is filtered; here only its length matters.
        }

        needed = 0;
        if (batches.BytesConsumed == 0)
        {
            Error = RecordBatchEnumerator.Measure(bytes, out needed);
            if (Error == RecordError.Incomplete && needed > bytes.Length && needed <= _end - Position)
            {
                Error = RecordError.None;
            }
        }

        return batches.BytesConsumed;
    }

    private void Grow(int size)
    {
        if (size <= _buffer!.Length)
        {
            // The file gave fewer bytes than the segment has.
            Error = RecordError.Incomplete;
            return;
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }

    private void End()
    {
        _lease?.Dispose();
        _lease = null;
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        _length = 0;
    }
}
