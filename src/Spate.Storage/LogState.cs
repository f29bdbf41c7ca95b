using Microsoft.Extensions.Logging;
using Spate.Storage.Epochs;
using Spate.Storage.Producers;
using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// What the parts of a <see cref="PartitionLog"/> share. Whatever changes is changed under <see cref="Appending"/> and published as a whole, so
/// that readers see a state that was true at one moment and wait for nobody.
/// </summary>
/// <remarks>
/// Lock order: <see cref="Flushing"/>, then <see cref="Appending"/>, then the locks of single files. A flush of the disk never runs under
/// <see cref="Appending"/>, but for the small files that are replaced when a segment is begun or the leader epoch changes.
/// </remarks>
internal sealed class LogState
{
    private const int RecentPoints = 16;

    private volatile LogSegment[] _segments = [];
    private volatile LogPoint? _end;
    private volatile LogPoint?[]? _recent;
    private volatile LogConfig _config;
    private volatile LogFailedException? _failure;
    private volatile bool _closed;
    private volatile bool _handedOver;
    private volatile int _truncations;
    private long _logStartOffset;
    private long _highWatermark;
    private long _lastStableOffset;
    private long _recoveryPoint;
    private long _lastFlushedAt;

    public LogState(LogOptions options, SegmentDirectory directory, LeaderEpochs epochs, ProducerSnapshots snapshots)
    {
        Options = options;
        Directory = directory;
        Epochs = epochs;
        Snapshots = snapshots;
        _config = options.Config;
        _lastFlushedAt = NowMs;
    }

    /// <summary>Held by whoever changes the log.</summary>
    public Lock Appending { get; } = new();

    /// <summary>Held by whoever makes the log durable, and by a truncation, which moves the recovery point back.</summary>
    public Lock Flushing { get; } = new();

    public LogOptions Options { get; }

    public SegmentDirectory Directory { get; }

    public LeaderEpochs Epochs { get; }

    /// <summary>Under <see cref="Appending"/> only.</summary>
    public ProducerStates Producers { get; set; } = new();

    /// <summary>Under <see cref="Appending"/> only.</summary>
    public ProducerSnapshots Snapshots { get; }

    public ILogger Logger => Options.Logger;

    public LogConfig Config
    {
        get => _config;
        set => _config = value;
    }

    /// <summary>All segments, oldest first; never empty once the log is open. The array is never changed.</summary>
    public LogSegment[] Segments
    {
        get => _segments;
        set => _segments = value;
    }

    /// <summary>The segment that is written to.</summary>
    public LogSegment Active => _segments[^1];

    public LogPoint End => _end!;

    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    public long HighWatermark => Volatile.Read(ref _highWatermark);

    public long LastStableOffset => Volatile.Read(ref _lastStableOffset);

    public long RecoveryPoint => Volatile.Read(ref _recoveryPoint);

    public long NowMs => Options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>When the log was opened or a flush last ended, in milliseconds since 1970.</summary>
    public long LastFlushedAt
    {
        get => Volatile.Read(ref _lastFlushedAt);
        set => Volatile.Write(ref _lastFlushedAt, value);
    }

    /// <summary>Whom to tell that the log's start has moved.</summary>
    public Action? StartMoved { get; set; }

    public LogFailedException? Failure => _failure;

    public bool IsClosed => _closed;

    /// <summary>Whether another log has taken this one's place: it can be read still, and changes no more.</summary>
    public bool IsHandedOver => _handedOver;

    /// <summary>How often something has been cut off the end since the log was opened. Changes under <see cref="Appending"/>.</summary>
    public int Truncations => _truncations;

    /// <exception cref="LogFailedException">The disk has failed before.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public void ThrowIfUnusable()
    {
        if (_failure is { } failure)
        {
            throw new LogFailedException(failure.Directory, "an earlier access", failure.InnerException ?? failure);
        }

        ObjectDisposedException.ThrowIf(_closed, typeof(PartitionLog));
    }

    /// <exception cref="LogFailedException">The disk has failed before.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed, or another one has taken its place.</exception>
    public void ThrowIfUnchangeable()
    {
        ThrowIfUnusable();
        ObjectDisposedException.ThrowIf(_handedOver, typeof(PartitionLog));
    }

    /// <summary>Marks the log as failed, once, and gives the exception to throw.</summary>
    public LogFailedException Fail(string action, Exception cause)
    {
        var failure = new LogFailedException(Directory.Path, action, cause);
        var first = Interlocked.CompareExchange(ref _failure, failure, null);
        if (first is null)
        {
            LogMessages.Failed(Logger, Directory.Path, action, cause);
        }

        return first ?? failure;
    }

    /// <summary>Whether an exception comes from the disk.</summary>
    public static bool IsDiskFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Whether an exception says that a file was not where it was looked for, or is closed for good.</summary>
    public static bool IsGone(Exception exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException or ObjectDisposedException;

    /// <summary>
    /// Asked by a reader that did not find a file: whether that was because files were being renamed or deleted, so that looking them up anew
    /// will help.
    /// </summary>
    /// <param name="segments">Those it had looked up.</param>
    /// <param name="attempts">How often it has asked.</param>
    public bool MayTryAgain(LogSegment[] segments, ref int attempts)
    {
        lock (Appending)
        {
            // Whatever was being renamed has its new name now.
            return attempts++ == 0 || !ReferenceEquals(segments, _segments);
        }
    }

    public void SetClosed() => _closed = true;

    public void SetHandedOver() => _handedOver = true;

    public void CountTruncation() => _truncations++;

    public void PublishEnd(long offset, bool isContinuation)
    {
        var point = new LogPoint(offset, Active, Active.Size);
        if (isContinuation)
        {
            var recent = _recent ??= new LogPoint?[RecentPoints];
            Volatile.Write(ref recent[(int)((ulong)offset % RecentPoints)], point);
        }
        else
        {
            _recent = null;
        }

        _end = point;
    }

    /// <summary>Where an offset begins that was lately the end of the log; null when that is not remembered.</summary>
    public LogPoint? FindRecent(long offset)
    {
        var end = End;
        if (end.Offset == offset)
        {
            return end;
        }

        var point = _recent is { } recent ? Volatile.Read(ref recent[(int)((ulong)offset % RecentPoints)]) : null;
        return point?.Offset == offset ? point : null;
    }

    public void SetLogStartOffset(long offset) => Volatile.Write(ref _logStartOffset, offset);

    public void SetRecoveryPoint(long offset) => Volatile.Write(ref _recoveryPoint, offset);

    /// <summary>Sets the high watermark, within the log, and what follows from it. Under <see cref="Appending"/>.</summary>
    /// <returns>True when it has changed.</returns>
    public bool SetHighWatermark(long offset)
    {
        var bounded = Math.Clamp(offset, Math.Min(LogStartOffset, End.Offset), End.Offset);
        var changed = bounded != _highWatermark;
        Producers.AdvanceHighWatermark(bounded);
        Volatile.Write(ref _highWatermark, bounded);
        PublishLastStableOffset();
        return changed;
    }

    /// <summary>To be called when producer state has changed. Under <see cref="Appending"/>.</summary>
    public void PublishLastStableOffset() => Volatile.Write(ref _lastStableOffset, Producers.LastStableOffset(_highWatermark));

    /// <summary>The index of the last segment that begins at or before an offset; -1 when all begin behind it.</summary>
    public static int IndexOfFloor(LogSegment[] segments, long offset)
    {
        int low = 0, high = segments.Length;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (segments[middle].BaseOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
