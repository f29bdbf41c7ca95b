using Spate.Protocol;
using Spate.Storage.Directories;

namespace Spate.Storage.Compaction;

/// <summary>
/// Compacts the logs whose <c>cleanup.policy</c> contains "compact": of each key the last record stays. Which log is next, its dirtiest first, it
/// finds out by itself; when to begin and to end, its owner says. Safe for use by several threads at once.
/// </summary>
/// <remarks>
/// Readers and writers of a log go on while it is cleaned. A crash leaves every stretch of a log as it was or as it is to be. A log that has a
/// batch that cannot be read is left alone from then on, until the broker starts again; the others are cleaned all the same.
/// The owner pauses a log before its directory is renamed, closed or deleted, and says what was cut off: see <see cref="Truncated"/>.
/// </remarks>
public sealed class LogCleaner
{
    private readonly CompactionThrottle _throttle;
    private readonly CleanerCheckpoints _checkpoints;
    private readonly CleaningTurns _turns = new();
    private volatile LogCleanerOptions _options;
    private double _dirtiestRatio;

    public LogCleaner(LogCleanerOptions options)
    {
        Check(options);
        _options = options;
        _throttle = new CompactionThrottle(options.Time, options.MaxBytesPerSecond);
        _checkpoints = new CleanerCheckpoints(options.Logger);
    }

    /// <summary>
    /// The bounds; may be replaced at any time. The next log is cleaned by the new ones, the throttle follows at once, and the number of threads
    /// and their rest hold from the next <see cref="RunAsync"/> on.
    /// </summary>
    public LogCleanerOptions Options
    {
        get => _options;
        set
        {
            Check(value);
            _options = value;
            MaxBytesPerSecond = value.MaxBytesPerSecond;
        }
    }

    /// <summary><c>log.cleaner.io.max.bytes.per.second</c>; may be changed at any time. Above 0.</summary>
    public double MaxBytesPerSecond
    {
        get => _throttle.BytesPerSecond;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _throttle.BytesPerSecond = value;
        }
    }

    /// <summary>The partitions that are not cleaned any more, because of what is in them.</summary>
    public IReadOnlyCollection<TopicPartition> Uncleanable => _turns.Uncleanable;

    /// <summary>How dirty the dirtiest log was that could be cleaned, when it was last looked for: by bytes, from 0 to 1.</summary>
    public double DirtiestRatio => Volatile.Read(ref _dirtiestRatio);

    /// <summary>Cleans with as many threads as the options say until it is told to stop.</summary>
    /// <param name="logs">Gives the logs there are, those that are not compacted among them. Asked by several threads at once.</param>
    /// <param name="cancellationToken">Ends it. What was cleaned until then stands.</param>
    public async Task RunAsync(Func<IReadOnlyCollection<HostedLog>> logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logs);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var threads = new Task[_options.Threads];
        for (var index = 0; index < threads.Length; index++)
        {
            threads[index] = Task.Run(() => RunThreadAsync(logs, stopping), CancellationToken.None);
        }

        await Task.WhenAll(threads);
    }

    /// <summary>Cleans the dirtiest log, on the caller's thread but for the waits of the throttle.</summary>
    /// <param name="logs">The logs there are.</param>
    /// <param name="cancellationToken">Stops it. What was cleaned until then stands.</param>
    /// <returns>What it came to; null when there was nothing to clean, or nothing that could be.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<CleaningResult?> CleanOnceAsync(IReadOnlyCollection<HostedLog> logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logs);
        foreach (var target in FindDue(logs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var turn = _turns.TryBegin(target.Hosted, cancellationToken);

            // Another thread may have cleaned it since it was looked at.
            if (turn is not null
                && Look(target.Hosted) is { IsDue: true } current
                && await CleanAsync(current, turn) is { } result)
            {
                return result;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>
    /// Stops the cleaning of a log, if there is one under way, waits for its end, and keeps everybody from it until the pause is disposed: for
    /// renaming, closing, moving and deleting it.
    /// </summary>
    public async ValueTask<IDisposable> PauseAsync(TopicPartition partition)
    {
        var pause = new CleaningPause(_turns, partition);
        await _turns.Pause(partition);
        return pause;
    }

    /// <summary>
    /// Says that a log was truncated, after <see cref="PartitionLog.TruncateTo"/> and before anything else is appended: what comes behind the cut
    /// has not been cleaned. A cleaning that is under way ends by itself.
    /// </summary>
    /// <param name="hosted">The log.</param>
    /// <param name="offset">Where it ends now.</param>
    public void Truncated(HostedLog hosted, long offset)
    {
        ArgumentNullException.ThrowIfNull(hosted);
        Guard(hosted.Directory, () => _checkpoints.Truncate(hosted, offset));
    }

    /// <summary>Says that a log lies in another root now, with what was cleaned of it before; nobody cleans it meanwhile.</summary>
    /// <param name="from">The log as it was.</param>
    /// <param name="to">The log as it is now.</param>
    public void Moved(HostedLog from, HostedLog to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Guard(to.Directory, () => _checkpoints.Copy(from, to));
        Guard(from.Directory, () => _checkpoints.Forget([from.Partition], from.Directory));
    }

    /// <summary>Forgets logs that have been deleted: those of the same names begin anew.</summary>
    public void Forget(IReadOnlyCollection<HostedLog> deleted)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        foreach (var hosted in deleted)
        {
            _turns.Forget(hosted.Partition);
        }

        foreach (var ofDirectory in deleted.GroupBy(hosted => hosted.Directory))
        {
            Forget([.. ofDirectory.Select(hosted => hosted.Partition)], [ofDirectory.Key]);
        }
    }

    /// <summary>
    /// Forgets whatever roots say of names, before logs are made under them. A log that went by such a name may have left its offset behind: it was set
    /// aside, or the broker was killed right after it was deleted. Taken for the new log's own, that offset would have records counted as cleaned
    /// that are not, so that a tombstone is dropped before the value that it deletes.
    /// </summary>
    /// <param name="partitions">The names. There is no log of any of them in these roots.</param>
    /// <param name="directories">The roots that the logs may be made in; those that are offline are passed over.</param>
    public void Forget(IReadOnlyCollection<TopicPartition> partitions, IEnumerable<LogDirectory> directories)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        ArgumentNullException.ThrowIfNull(directories);
        foreach (var directory in directories)
        {
            Guard(directory, () => _checkpoints.Forget(partitions, directory));
        }
    }

    private async Task RunThreadAsync(Func<IReadOnlyCollection<HostedLog>> logs, CancellationTokenSource stopping)
    {
        try
        {
            while (true)
            {
                if (await CleanOnceAsync(logs(), stopping.Token) is null)
                {
                    await Task.Delay(_options.Backoff, _options.Time, stopping.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // That is how it ends.
        }
        catch
        {
            // The owner must learn of it, and so the others must end as well.
            await stopping.CancelAsync();
            throw;
        }
    }

    /// <summary>The logs that are worth a cleaning, the dirtiest first.</summary>
    private List<CleanableLog> FindDue(IReadOnlyCollection<HostedLog> logs)
    {
        var due = new List<CleanableLog>();
        var dirtiest = 0.0;
        foreach (var hosted in logs)
        {
            if (hosted.Log.Config.IsCompacted && _turns.MayClean(hosted) && Look(hosted) is { } target)
            {
                dirtiest = Math.Max(dirtiest, target.DirtyRatio);
                if (target.IsDue)
                {
                    due.Add(target);
                }
            }
        }

        Volatile.Write(ref _dirtiestRatio, dirtiest);
        due.Sort(static (left, right) => right.DirtyRatio.CompareTo(left.DirtyRatio));
        return due;
    }

    private CleanableLog? Look(HostedLog hosted)
    {
        CleanableLog? target = null;
        if (!hosted.Log.IsClosed && !hosted.Log.IsFailed)
        {
            Guard(hosted.Directory, () => target = CleanableLog.Of(
                hosted, _checkpoints.FirstDirtyOffset(hosted), _options.Time.GetUtcNow().ToUnixTimeMilliseconds()));
        }

        return target;
    }

    private async ValueTask<CleaningResult?> CleanAsync(CleanableLog target, CleaningTurn turn)
    {
        var began = _options.Time.GetTimestamp();
        LogCompaction? compaction = null;
        try
        {
            var end = CompactionEnd.Stopped;
            using (compaction = new LogCompaction(target, _options, _throttle))
            {
                end = await compaction.RunAsync(turn.Stopping);
            }

            return end == CompactionEnd.Cleaned ? Finish(target, compaction, began) : GiveUp(target, compaction, end);
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            CleanerMessages.Stopped(_options.Logger, target.Hosted.Partition);
        }
        catch (Exception gone) when (IsDisk(gone) && (compaction?.IsOutdated ?? !target.IsCurrent) && !target.Log.IsFailed)
        {
            // What was read has been deleted, moved or closed meanwhile.
            CleanerMessages.Stopped(_options.Logger, target.Hosted.Partition);
        }
        catch (LogFailedException failure)
        {
            _options.OnFailure(target.Hosted.Directory, failure);
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            _options.OnFailure(target.Hosted.Directory, target.Log.FailCleaning(failure));
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // A codec that is not installed, an index of a later version, or a mistake of the program: the other logs must still be cleaned.
            _turns.SetUncleanable(target.Hosted);
            CleanerMessages.Broken(_options.Logger, target.Hosted.Partition, broken);
        }

        return null;
    }

    private CleaningResult Finish(CleanableLog target, LogCompaction compaction, long began)
    {
        _checkpoints.Advance(target, compaction.EndOffset);
        var result = new CleaningResult
        {
            Partition = target.Hosted.Partition,
            FirstDirtyOffset = target.FirstDirtyOffset,
            EndOffset = compaction.EndOffset,
            DirtyRatio = target.DirtyRatio,
            BytesRead = compaction.Counts.BytesRead,
            BytesWritten = compaction.Counts.BytesWritten,
            RecordsRead = compaction.Counts.RecordsRead,
            RecordsKept = compaction.Counts.RecordsKept,
            Keys = compaction.Keys,
            BufferUtilization = compaction.MapUtilization,
            Duration = _options.Time.GetElapsedTime(began),
        };
        CleanerMessages.Cleaned(
            _options.Logger,
            result.Partition,
            result.FirstDirtyOffset,
            result.EndOffset,
            (long)result.Duration.TotalMilliseconds,
            result.RecordsKept,
            result.RecordsRead,
            result.BytesRead,
            result.BytesWritten,
            result.Keys,
            result.BufferUtilization);
        _options.OnCleaned?.Invoke(result);
        return result;
    }

    private CleaningResult? GiveUp(CleanableLog target, LogCompaction compaction, CompactionEnd end)
    {
        // Half of a batch that was cut meanwhile looks like a corrupt one.
        if (end == CompactionEnd.Stopped || compaction.IsOutdated)
        {
            CleanerMessages.Stopped(_options.Logger, target.Hosted.Partition);
            return null;
        }

        _turns.SetUncleanable(target.Hosted);
        if (end == CompactionEnd.Corrupt)
        {
            var (error, file, position) = compaction.Fault;
            CleanerMessages.Corrupt(_options.Logger, target.Hosted.Partition, position, file, error);
        }
        else
        {
            CleanerMessages.MapTooSmall(_options.Logger, target.Hosted.Partition, target.FirstDirtyOffset, compaction.Keys);
        }

        return null;
    }

    /// <summary>Does something with a root or a log in it; when the disk fails, the root is to go offline.</summary>
    private void Guard(LogDirectory directory, Action action)
    {
        if (!directory.IsOnline)
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            _options.OnFailure(directory, failure);
        }
    }

    private static void Check(LogCleanerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytesPerSecond);
    }

    private static bool IsDisk(Exception exception) => LogState.IsDiskFailure(exception) || exception is ObjectDisposedException;
}
