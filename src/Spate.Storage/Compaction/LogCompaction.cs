using Spate.Protocol.Records;
using Spate.Storage.Segments;

namespace Spate.Storage.Compaction;

/// <summary>
/// One cleaning of one log: reads what is dirty into an <see cref="OffsetMap"/>, then goes through the log from its front, group by group, and
/// puts what stays in the place of what was there. Reading and appending go on meanwhile. Used once, by one thread at a time.
/// </summary>
/// <remarks>
/// Groups are replaced strictly in their order, and after one that could not be replaced none is: so long as an old value of a key is in the log,
/// the tombstone behind it is, too. Each replacement is durable before the next is begun.
/// </remarks>
internal sealed class LogCompaction : IDisposable
{
    private readonly CleanableLog _target;
    private readonly CompactionThrottle _throttle;
    private readonly OffsetMap _map;
    private readonly OffsetMapBuilder _builder;
    private readonly SegmentReader _reader;
    private readonly ReplacementWriter _writer;
    private readonly BatchRewriter _rewriter;
    private readonly long _now;
    private long _paidFor;
    private LogSegment? _current;

    /// <param name="target">The log.</param>
    /// <param name="options">The cleaner's bounds.</param>
    /// <param name="throttle">Shared by all cleaners.</param>
    public LogCompaction(CleanableLog target, LogCleanerOptions options, CompactionThrottle throttle)
    {
        _target = target;
        _throttle = throttle;
        _now = options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        _map = new OffsetMap(options.DedupeBufferSizeOfThread, options.DedupeBufferLoadFactor, KeyHash.CreateSecret());
        _builder = new OffsetMapBuilder(_map, target.FirstDirtyOffset);
        _reader = new SegmentReader(options.IoBufferSizeOfThread);
        _writer = new ReplacementWriter(target.Log, target.Config, options.IoBufferSizeOfThread, Counts);
        _rewriter = new BatchRewriter(target.Config);
    }

    public CleaningCounts Counts { get; } = new();

    /// <summary>Everything before it is clean now, when the log was cleaned.</summary>
    public long EndOffset => _builder.End;

    /// <summary>Distinct keys that were found in the dirty part.</summary>
    public long Keys => _map.Count;

    /// <summary>The part of the map that was used, from 0 to 1.</summary>
    public double MapUtilization => (double)_map.Count / _map.Capacity;

    /// <summary>What is wrong with the records, and where, when they cannot be read.</summary>
    public (RecordError Error, string File, long Position) Fault { get; private set; }

    /// <summary>Whether an error may come from the log having been closed, moved or cut meanwhile, rather than from the disk.</summary>
    public bool IsOutdated => !_target.IsCurrent || _current is { IsDeleted: true };

    /// <exception cref="IOException">The disk failed, unless <see cref="IsOutdated"/>.</exception>
    /// <exception cref="LogFailedException">The disk failed while segments were replaced.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while the throttle made it wait.</exception>
    public async ValueTask<CompactionEnd> RunAsync(CancellationToken cancellationToken)
    {
        var end = await BuildMapAsync(cancellationToken);
        return end == CompactionEnd.Cleaned ? await CleanAsync(cancellationToken) : end;
    }

    public void Dispose()
    {
        _map.Dispose();
        _builder.Dispose();
        _reader.Dispose();
        _rewriter.Dispose();
        _writer.Dispose();
    }

    private async ValueTask<CompactionEnd> BuildMapAsync(CancellationToken cancellationToken)
    {
        var first = _target.FirstDirtyIndex;
        for (var index = first; index < _target.UncleanableIndex && !_builder.IsFull; index++)
        {
            _builder.Transactions.Enter(_target.Segments, index, index == first);
            for (Begin(index); !_builder.IsFull && _reader.MoveNext();)
            {
                if (AddToMap() is var error && error != RecordError.None)
                {
                    return CompactionEnd.Corrupt;
                }

                if (!await MayGoOnAsync(cancellationToken))
                {
                    return CompactionEnd.Stopped;
                }
            }

            if (_reader.Error != RecordError.None)
            {
                return Corrupt(_reader.Error, _reader.Position);
            }
        }

        if (!_builder.IsFull)
        {
            _builder.Finish(_target.FirstUncleanableOffset);
        }

        return _builder.End > _target.FirstDirtyOffset ? CompactionEnd.Cleaned : CompactionEnd.MapTooSmall;
    }

    private async ValueTask<CompactionEnd> CleanAsync(CancellationToken cancellationToken)
    {
        var transactions = new TransactionFilter();
        var rules = new RetentionRules(
            _map, EndOffset, _now, _target.Config.DeleteRetentionMs, _target.Log.DescribeProducers());
        using var filter = new BatchFilter(rules, transactions, _rewriter, _writer, Counts);
        var end = Math.Min(_target.UncleanableIndex, LogState.IndexOfFloor(_target.Segments, EndOffset - 1) + 1);
        foreach (var group in SegmentGroups.Of(_target.Segments, end, _target.Config))
        {
            var (from, count) = group.GetOffsetAndLength(end);
            filter.HasChanged = false;
            _writer.Begin(_target.Segments[from].BaseOffset);
            for (var index = from; index < from + count; index++)
            {
                transactions.Enter(_target.Segments, index, index == 0);
                var ended = await FilterAsync(index, filter, cancellationToken);
                if (ended != CompactionEnd.Cleaned)
                {
                    return ended;
                }
            }

            if (count == 1 && !filter.HasChanged)
            {
                // The segment would be replaced by its own copy.
                _writer.Discard();
            }
            else if (!Replace(_writer.Complete(), _target.Segments[from..(from + count)]))
            {
                return CompactionEnd.Stopped;
            }
        }

        return CompactionEnd.Cleaned;
    }

    private bool Replace(LogSegment[] replacements, LogSegment[] replaced)
    {
        try
        {
            return _target.Log.ReplaceSegments(replacements, replaced, _target.Truncations);
        }
        catch
        {
            // The log was closed, or fails: nobody else lets go of these files.
            Array.ForEach(replacements, static segment => segment.Close());
            throw;
        }
    }

    private async ValueTask<CompactionEnd> FilterAsync(int index, BatchFilter filter, CancellationToken cancellationToken)
    {
        for (Begin(index); _reader.MoveNext();)
        {
            if (Filter(filter) != RecordError.None)
            {
                return CompactionEnd.Corrupt;
            }

            if (!await MayGoOnAsync(cancellationToken))
            {
                return CompactionEnd.Stopped;
            }
        }

        return _reader.Error == RecordError.None ? CompactionEnd.Cleaned : Corrupt(_reader.Error, _reader.Position);
    }

    private void Begin(int index)
    {
        _current = _target.Segments[index];
        _reader.Begin(_current, 0);
    }

    private RecordError AddToMap()
    {
        var batches = _reader.Current;
        Counts.BytesRead += batches.Length;
        var error = _builder.Add(batches, out var position);
        if (error != RecordError.None)
        {
            Corrupt(error, _reader.Position - batches.Length + position);
        }

        return error;
    }

    private RecordError Filter(BatchFilter filter)
    {
        var batches = _reader.Current;
        Counts.BytesRead += batches.Length;
        var walk = new RecordBatchEnumerator(batches);
        while (walk.MoveNext())
        {
            var error = filter.Filter(walk.Current);
            if (error != RecordError.None)
            {
                Corrupt(error, _reader.Position - batches.Length + walk.Position);
                return error;
            }
        }

        return walk.Error;
    }

    private CompactionEnd Corrupt(RecordError error, long position)
    {
        Fault = (error, _current!.LogFile.Path, position);
        return CompactionEnd.Corrupt;
    }

    /// <summary>Pays for what was moved since the last time.</summary>
    /// <returns>False when the cleaning must end here.</returns>
    private async ValueTask<bool> MayGoOnAsync(CancellationToken cancellationToken)
    {
        var moved = Counts.BytesRead + Counts.BytesWritten;
        await _throttle.PayAsync(moved - _paidFor, cancellationToken);
        _paidFor = moved;
        return !cancellationToken.IsCancellationRequested && !IsOutdated;
    }
}
