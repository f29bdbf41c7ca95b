using Spate.Protocol.Compression;
using Spate.Storage.Indexes;
using Spate.Storage.Segments;
using Spate.Storage.Transactions;

namespace Spate.Storage.Compaction;

/// <summary>
/// Fills the segments that are to take the place of a group of others: one as a rule, more when what is left does not fit into one. Batches are
/// collected and written together. What is not taken out with <see cref="Complete"/> is deleted with <see cref="Dispose"/>.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed class ReplacementWriter : IDisposable
{
    // Sealing a segment adds an entry to its index by time, the larger of the two.
    private const int SealingEntries = 1;

    private readonly PartitionLog _log;
    private readonly LogConfig _config;
    private readonly CleaningCounts _counts;
    private readonly int _bufferSize;
    private readonly string _directory;
    private readonly PooledBuffer _buffer = new();
    private readonly List<LogSegment> _segments = [];
    private int _buffered;
    private long _nextOffset;

    /// <param name="log">The log.</param>
    /// <param name="config">The bounds of a segment.</param>
    /// <param name="bufferSize">Bytes of batches to collect; a larger batch is written by itself.</param>
    /// <param name="counts">Told of what is written.</param>
    public ReplacementWriter(PartitionLog log, LogConfig config, int bufferSize, CleaningCounts counts)
    {
        _log = log;
        _config = config;
        _bufferSize = bufferSize;
        _counts = counts;
        _directory = log.Directory;
    }

    private LogSegment Current => _segments[^1];

    /// <summary>Begins a group.</summary>
    /// <param name="baseOffset">The first offset of the first segment of the group.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Begin(long baseOffset)
    {
        _nextOffset = baseOffset;
        _segments.Add(_log.CreateReplacement(baseOffset));
    }

    /// <summary>Adds a whole entry of a log.</summary>
    /// <param name="batch">The entry.</param>
    /// <param name="lastOffset">Its last offset.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(ReadOnlySpan<byte> batch, long lastOffset)
    {
        if (_buffer.Length > 0 && _buffer.Length + batch.Length > _bufferSize)
        {
            WriteOut();
        }

        if (!Fits(batch.Length, lastOffset))
        {
            WriteOut();
            _segments.Add(_log.CreateReplacement(_nextOffset));
        }

        batch.CopyTo(_buffer.GetSpan(batch.Length));
        _buffer.Advance(batch.Length);
        _buffered++;
        _nextOffset = lastOffset + 1;
        _counts.BytesWritten += batch.Length;
    }

    /// <summary>Says that the marker that was written last ends an aborted transaction of which readers must know.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void NoteAborted(in AbortedTransaction transaction) => Current.Aborted.Append(transaction);

    /// <summary>Writes what is left, and hands the segments over to their new owner.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public LogSegment[] Complete()
    {
        WriteOut();
        LogSegment[] complete = [.. _segments];
        _segments.Clear();
        return complete;
    }

    /// <summary>Drops what has been written for the group under way.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Discard()
    {
        _buffer.Clear();
        _buffered = 0;
        foreach (var segment in _segments)
        {
            if (_log.IsClosed || _log.Directory != _directory)
            {
                // The directory is no longer the log's to write in; whoever opens it again deletes what is unfinished.
                segment.Close();
            }
            else
            {
                segment.Delete();
            }
        }

        _segments.Clear();
    }

    public void Dispose()
    {
        try
        {
            Discard();
        }
        finally
        {
            _buffer.Dispose();
        }
    }

    private bool Fits(int bytes, long lastOffset)
    {
        var segment = Current;
        if (segment.Size + _buffered == 0)
        {
            return true;
        }

        // As if each batch that has been collected got an entry in either index.
        var entries = Math.Max(segment.OffsetIndex.Count, segment.TimeIndex.Count) + _buffered + SealingEntries;
        return segment.Size <= _config.SegmentBytes - _buffer.Length - bytes
            && lastOffset - segment.BaseOffset <= int.MaxValue
            && (entries < _config.SegmentIndexBytes / TimeIndexEntry.Size || WroteRoom());
    }

    /// <summary>Writes what has been collected to see how many entries it took.</summary>
    private bool WroteRoom()
    {
        WriteOut();
        var entries = Math.Max(Current.OffsetIndex.Count, Current.TimeIndex.Count) + SealingEntries;
        return entries < _config.SegmentIndexBytes / TimeIndexEntry.Size;
    }

    private void WriteOut()
    {
        if (_buffered > 0)
        {
            Current.Append(_buffer.Span, _config.IndexIntervalBytes);
            _buffer.Clear();
            _buffered = 0;
        }
    }
}
