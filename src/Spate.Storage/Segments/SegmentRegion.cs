using Microsoft.Win32.SafeHandles;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Storage.Segments;

/// <summary>
/// A stretch of a segment's file that stays readable until it is disposed, also when the segment is deleted meanwhile. When a truncation
/// reaches the segment, reading fails rather than mix bytes of before and after.
/// </summary>
internal sealed class SegmentRegion : IRecordSource, IFileRegion
{
    private readonly LogSegment _segment;
    private readonly FileLease _lease;
    private readonly int _truncations;
    private readonly long _start;
    private int _disposed;

    /// <param name="segment">The segment.</param>
    /// <param name="lease">A lease of its file, which goes over to this region.</param>
    /// <param name="truncations">How often the segment had been truncated before the stretch was found.</param>
    /// <param name="start">Where the stretch starts.</param>
    /// <param name="length">Bytes in it.</param>
    public SegmentRegion(LogSegment segment, FileLease lease, int truncations, long start, int length)
    {
        _segment = segment;
        _lease = lease;
        _truncations = truncations;
        _start = start;
        Length = length;
    }

    public int Length { get; }

    public SafeFileHandle? Handle => (_lease.File as PhysicalFile)?.Handle;

    public long Start => _start;

    public int Read(int position, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var wanted = destination[..Math.Min(destination.Length, Length - position)];
        var read = _lease.File.Read(wanted, _start + position);

        if (read < wanted.Length)
        {
            throw Truncated(position);
        }

        EnsureIntact();
        return read;
    }

    public void EnsureIntact()
    {
        // A truncation counts itself before it cuts: bytes read before the count changed are bytes that were there.
        if (_segment.Truncations != _truncations)
        {
            throw Truncated(0);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _lease.Dispose();
        }
    }

    private TruncatedRecordsException Truncated(int position) =>
        new($"The records at byte {_start + position} of '{_segment.LogFile.Path}' have been truncated.");
}
