using System.Collections.Concurrent;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;

namespace Spate.Storage.Moves;

/// <summary>
/// Moves logs between the roots of a broker while they are used (KIP-113). A move ends by itself; it is given up when the log is wished somewhere
/// else or deleted. A broker that stops leaves the copies that are under way, and the next one begins them anew. Safe for use by several
/// threads at once.
/// </summary>
public sealed class LogMover : IAsyncDisposable
{
    private readonly LogMoverOptions _options;
    private readonly CompactionThrottle _throttle;
    private readonly ConcurrentDictionary<TopicPartition, RunningMove> _moves = new();
    private readonly SemaphoreSlim _copies;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Held by whoever begins or gives up a move.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public LogMover(LogMoverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Copies, 1);
        _options = options;
        _copies = new SemaphoreSlim(options.Copies);
        _throttle = new CompactionThrottle(options.Time, options.MaxBytesPerSecond());
    }

    /// <summary>Moves that are under way or wait for their turn.</summary>
    public int Count => _moves.Count;

    /// <summary>Begins the moves anew that the last stop interrupted.</summary>
    public async Task StartAsync()
    {
        foreach (var (partition, destination) in _options.Store.InterruptedMoves)
        {
            await BeginAsync(partition, destination);
        }
    }

    /// <summary>Begins to move a partition's log to a root. What happens then, happens in the background.</summary>
    /// <exception cref="PathTooLongException">The topic's name leaves no room for the name of a future log's directory.</exception>
    public async Task<MoveStart> BeginAsync(TopicPartition partition, LogDirectory destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await _turn.WaitAsync();
        try
        {
            if (_options.Store.Find(partition) is not { } current)
            {
                return MoveStart.NoLog;
            }

            if (_moves.TryGetValue(partition, out var running) && running.Future.Directory == destination)
            {
                return MoveStart.Accepted;
            }

            await GiveUpAsync(partition);
            if (current.Directory == destination)
            {
                return MoveStart.Accepted;
            }

            if (!destination.IsOnline)
            {
                return MoveStart.DiskFailed;
            }

            _options.Cleaner.Forget([partition], [destination]);
            if (_options.Store.CreateFuture(partition, destination) is not { } future)
            {
                return _options.Store.Find(partition) is null ? MoveStart.NoLog : MoveStart.DiskFailed;
            }

            MoveMessages.Begins(_options.Logger, partition, current.Directory.Path, destination.Path);
            var move = new RunningMove(future, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
            _moves[partition] = move;
            move.Task = Task.Run(() => RunAsync(current, move), CancellationToken.None);
            return MoveStart.Accepted;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives up the moves of partitions, and returns when none of them is under way any more.</summary>
    public async Task CancelAsync(IReadOnlyCollection<TopicPartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        if (_moves.IsEmpty)
        {
            return;
        }

        await _turn.WaitAsync();
        try
        {
            foreach (var partition in partitions)
            {
                await GiveUpAsync(partition);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends when no move is under way that had begun by now.</summary>
    public Task WhenIdle() => Task.WhenAll(_moves.Values.Select(move => move.Task));

    /// <summary>Stops the copying. The copies stay, to be begun anew by the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await WhenIdle();
        _stopping.Dispose();
        _copies.Dispose();
        _turn.Dispose();
    }

    private async Task GiveUpAsync(TopicPartition partition)
    {
        if (_moves.TryGetValue(partition, out var move))
        {
            try
            {
                await move.Cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself meanwhile.
            }

            await move.Task;
        }
    }

    private async Task RunAsync(HostedLog current, RunningMove move)
    {
        var (partition, destination) = (current.Partition, move.Future.Directory.Path);
        var moved = false;
        try
        {
            await _copies.WaitAsync(move.Cancellation.Token);
            try
            {
                moved = await MoveAsync(current, move);
            }
            finally
            {
                _copies.Release();
            }
        }
        catch (OperationCanceledException) when (move.Cancellation.IsCancellationRequested)
        {
            MoveMessages.GivenUp(_options.Logger, partition, destination);
        }
        catch (ObjectDisposedException)
        {
            // The log was deleted meanwhile, or one of the roots went offline, which was told when it did.
            MoveMessages.GivenUp(_options.Logger, partition, destination);
        }
        catch (LogFailedException failure)
        {
            MoveMessages.Failed(_options.Logger, partition, destination, failure);
            _options.Store.Fail(failure);
        }
        catch (Exception failure)
        {
            // A corrupt batch, or a mistake of the program: the log is served where it is, and nothing but the move suffers.
            MoveMessages.Failed(_options.Logger, partition, destination, failure);
        }
        finally
        {
            // A copy whose original has failed may be all that is left of it; one that a stop interrupts says to the next start that there was a move.
            if (!moved && !current.Log.IsFailed && !_stopping.IsCancellationRequested)
            {
                _options.Store.DiscardFuture(move.Future);
            }

            _moves.TryRemove(KeyValuePair.Create(partition, move));
            move.Cancellation.Dispose();
        }

        if (moved && _options.Store.Find(partition) is null)
        {
            _options.OnLost(partition);
        }
    }

    private async Task<bool> MoveAsync(HostedLog current, RunningMove move)
    {
        var began = _options.Time.GetTimestamp();
        using var pause = await _options.Cleaner.PauseAsync(current.Partition);
        _throttle.BytesPerSecond = _options.MaxBytesPerSecond();
        var copy = new LogMove(_options.Store, current, move.Future, _throttle);
        var moved = await copy.RunAsync(_options.OnMoved, move.Cancellation.Token);
        _options.Cleaner.Moved(current, moved);
        MoveMessages.Moved(
            _options.Logger, current.Partition, moved.Directory.Path, (long)_options.Time.GetElapsedTime(began).TotalMilliseconds);
        return true;
    }

    /// <summary>A move under way.</summary>
    private sealed class RunningMove(HostedLog future, CancellationTokenSource cancellation)
    {
        public HostedLog Future { get; } = future;

        public CancellationTokenSource Cancellation { get; } = cancellation;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
