using System.Buffers;
using Spate.Protocol.Records;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Segments;

namespace Spate.Storage.Moves;

/// <summary>
/// The copy of one log into another root, and the exchange of the two when nothing is missing. The log is appended to and read all the while; only
/// for the last <see cref="RestBytesMax"/> does a producer wait. Used by one thread at a time.
/// </summary>
internal sealed class LogMove
{
    /// <summary>Bytes that are read and written at once; a larger batch is taken whole.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Bytes that may be copied while nobody can append.</summary>
    private const int RestBytesMax = 1 << 20;

    private readonly LogStore _store;
    private readonly CompactionThrottle _throttle;
    private int _truncations;

    public LogMove(LogStore store, HostedLog current, HostedLog future, CompactionThrottle throttle)
    {
        _store = store;
        _throttle = throttle;
        Current = current;
        Future = future;
        BeginAnew();
    }

    public HostedLog Current { get; }

    public HostedLog Future { get; }

    /// <summary>Copies and exchanges.</summary>
    /// <param name="onMoved">As in <see cref="LogMoverOptions.OnMoved"/>.</param>
    /// <param name="cancellation">Ends the copying; nothing has changed then but the copy.</param>
    /// <returns>The log in its new place.</returns>
    /// <exception cref="LogFailedException">A disk failed.</exception>
    /// <exception cref="ObjectDisposedException">One of the logs was closed.</exception>
    /// <exception cref="InvalidDataException">The log has a batch that is corrupt: it stays where it is.</exception>
    public async Task<HostedLog> RunAsync(Action<HostedLog> onMoved, CancellationToken cancellation)
    {
        while (true)
        {
            while (CopySome() is > 0 and var copied)
            {
                cancellation.ThrowIfCancellationRequested();
                await _throttle.PayAsync(copied, cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            if (TryFinish(onMoved) is { } moved)
            {
                return moved;
            }
        }
    }

    /// <summary>Copies a chunk of what is missing.</summary>
    /// <returns>Bytes; 0 when nothing was missing.</returns>
    public int CopySome()
    {
        var truncations = Current.Log.Truncations;
        if (truncations != _truncations || Future.Log.LogEndOffset > Current.Log.LogEndOffset)
        {
            BeginAnew();
        }

        using var rest = Read();
        return rest is null ? 0 : Append(rest);
    }

    /// <summary>Lets the copy take the log's place, unless too much is missing from it by now.</summary>
    public HostedLog? TryFinish(Action<HostedLog> onMoved)
    {
        // Nearly all of it is brought to the disk before anybody has to wait for it.
        Future.Log.Flush(Future.Log.LogEndOffset);
        return _store.TryReplace(Current, Future, CopyRest, onMoved);
    }

    private bool CopyRest()
    {
        if (Current.Log.Truncations != _truncations || Future.Log.LogEndOffset > Current.Log.LogEndOffset)
        {
            return false;
        }

        for (var copied = 0; ;)
        {
            using var rest = Read();
            if (rest is null)
            {
                Future.Log.Config = Current.Log.Config;
                return true;
            }

            copied += rest.Length;
            if (copied > RestBytesMax)
            {
                return false;
            }

            Append(rest);
        }
    }

    /// <summary>What follows in the log on the end of the copy; null when nothing does.</summary>
    private Protocol.Wire.IRecordSource? Read()
    {
        var read = Current.Log.Read(Future.Log.LogEndOffset, ChunkBytes, FetchBound.LogEnd, atLeastOneBatch: true);
        if (read.IsOutOfRange)
        {
            // Retention was faster than the copy.
            read.Records.Dispose();
            BeginAnew();
            read = Current.Log.Read(Future.Log.LogEndOffset, ChunkBytes, FetchBound.LogEnd, atLeastOneBatch: true);
        }

        if (!read.IsOutOfRange && read.Records.Length > 0)
        {
            return read.Records;
        }

        read.Records.Dispose();
        return null;
    }

    private int Append(Protocol.Wire.IRecordSource records)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(records.Length);
        try
        {
            var chunk = bytes.AsMemory(0, ReadWhole(records, bytes));
            if (chunk.IsEmpty)
            {
                return 1;
            }

            var result = Future.Log.AppendAsFollower(chunk);
            return result.Error == LogAppendError.None
                ? chunk.Length
                : throw new InvalidDataException($"The log in '{Current.Log.Directory}' cannot be copied behind offset {Future.Log.LogEndOffset}: {result.Failure?.Message ?? result.Error.ToString()}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <returns>Bytes; 0 when the log was truncated while it was read, and the copy must begin anew.</returns>
    private int ReadWhole(Protocol.Wire.IRecordSource records, byte[] bytes)
    {
        try
        {
            return records.Read(0, bytes.AsSpan(0, records.Length));
        }
        catch (IOException) when (Current.Log.Truncations != _truncations)
        {
            return 0;
        }
        catch (IOException failure)
        {
            throw new LogFailedException(Current.Log.Directory, "reading", failure);
        }
    }

    /// <summary>Empties the copy. It begins where the first batch does that is still read, which may be before the log's start.</summary>
    private void BeginAnew()
    {
        _truncations = Current.Log.Truncations;
        var start = Current.Log.LogStartOffset;
        using var first = Current.Log.Read(start, 0, FetchBound.LogEnd, atLeastOneBatch: true).Records;
        if (first.Length >= StoredBatch.HeaderSize)
        {
            Span<byte> header = stackalloc byte[StoredBatch.HeaderSize];
            first.Read(0, header);
            if (StoredBatch.TryRead(header, first.Length, out var batch) == RecordError.None)
            {
                start = Math.Min(start, batch.BaseOffset);
            }
        }

        if (Future.Log.LogStartOffset != start || Future.Log.LogEndOffset != start)
        {
            Future.Log.TruncateFullyAndStartAt(start);
        }
    }
}
