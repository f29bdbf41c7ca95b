using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>
/// One partition of an internal topic and the state that it tells. Commands from any thread go through a bounded mailbox and run one at a
/// time; a shard that has nothing to do holds no thread and no timer. A command reads committed state and decides; its records are
/// appended, then applied, and its reply leaves when they are committed. Whatever breaks inside (an invariant, a log that cannot say what
/// it holds) costs the callers a retriable error, and the shard rebuilds itself from the log.
/// </summary>
/// <typeparam name="TState">The state machine.</typeparam>
public sealed class CoordinatorShard<TState> : IThreadPoolWorkItem
    where TState : class, ICoordinatorState
{
    /// <summary>After so many steps the shard lets other work on the thread go first.</summary>
    private const int StepsPerTurn = 256;

    /// <summary>The wait before a rebuild that failed is tried again doubles so many times at most.</summary>
    private const int DoublingsMax = 6;

    private readonly ConcurrentQueue<Action> _signals = new();
    private readonly ConcurrentQueue<ShardCommand<TState>> _commands = new();
    private readonly Func<IShardContext, TState> _createState;
    private readonly ShardOptions _options;
    private readonly TimeProvider _time;
    private readonly IShardScheduler _scheduler;
    private readonly ILogger _logger;
    private readonly Action _release;
    private int _waiting;
    private int _isScheduled;
    private volatile ShardStatus _status;

    // Below here is the loop's own.
    private int _epoch = int.MinValue;
    private ShardReplay? _replay;
    private ShardTenure<TState>? _tenure;
    private ITimer? _retry;

    /// <summary>The last tenure's append, if it is still under way: the next replay must see what it leaves in the log.</summary>
    private Task _appendLeftBehind = Task.CompletedTask;

    /// <param name="name">How the log lines call the shard: topic and partition.</param>
    /// <param name="createState">Makes the empty state that a log is replayed into.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Where the shard runs.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    public CoordinatorShard(
        string name, Func<IShardContext, TState> createState, ShardOptions options, TimeProvider time, IShardScheduler scheduler, ILogger logger)
    {
        Name = name;
        _createState = createState;
        _options = options;
        _time = time;
        _scheduler = scheduler;
        _logger = logger;
        _release = () => Interlocked.Decrement(ref _waiting);
    }

    public string Name { get; }

    /// <summary>Whether the shard serves. Safe to read from any thread; it may have changed by the time it is looked at.</summary>
    public ShardStatus Status => _status;

    /// <summary>Commands that wait to be run or for the log.</summary>
    public int WaitingCommands => Volatile.Read(ref _waiting);

    /// <summary>
    /// Takes the shard over: replays the log and serves then. Whatever was loaded or loading before ends. Ignored when the shard has been
    /// taken over or given up under a later epoch.
    /// </summary>
    /// <param name="epoch">The leader epoch under which this broker leads the partition.</param>
    /// <param name="log">The partition.</param>
    /// <returns>
    /// Completes when the shard serves; is cancelled when overtaken; fails with what the log or the state machine threw, and the shard goes on trying by itself, until it
    /// serves or is given up.
    /// </returns>
    public Task LoadAsync(int epoch, ICoordinatorLog log)
    {
        var replay = new ShardReplay(epoch, log);
        Post(() => Begin(replay));
        return replay.Task;
    }

    /// <summary>Gives the shard up: all callers are answered NOT_COORDINATOR. Ignored when it was taken over under a later epoch.</summary>
    /// <returns>Completes when every caller has been answered.</returns>
    public Task UnloadAsync(int epoch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            if (epoch >= _epoch)
            {
                _epoch = epoch;
                End(ShardStatus.Absent);
                _replay = null;
            }

            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Runs a command. Safe from any thread.</summary>
    /// <param name="key">Commands of one key keep their order.</param>
    /// <param name="access">What the command may run beside.</param>
    /// <param name="execute">
    /// Runs in the shard's loop. Completes the reply, keeps it for later, or gives records and completes it when they are committed.
    /// </param>
    /// <param name="refusal">
    /// Makes the reply when the shard cannot serve, or out of the error with which the log refused the records or RequestTimedOut.
    /// </param>
    public ValueTask<TReply> SubmitAsync<TReply>(
        string key, CommandAccess access, Func<TState, Reply<TReply>, CommandOutcome> execute, Func<ErrorCode, TReply> refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var status = _status;
        if (status != ShardStatus.Active)
        {
            return ValueTask.FromResult(refusal(status.ToError()));
        }

        if (Interlocked.Increment(ref _waiting) > _options.MailboxCapacity)
        {
            _release();
            return ValueTask.FromResult(refusal(ErrorCode.CoordinatorNotAvailable));
        }

        var command = new RequestCommand<TState, TReply>(key, access, execute, refusal, _release);
        _commands.Enqueue(command);
        Wake();
        return new ValueTask<TReply>(command.Reply.Task);
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            TakeSteps();
            _tenure?.EndTurn();
        }
        catch (Exception broken)
        {
            // The smallest thing that can be rebuilt is the shard: its log tells all that must not be lost.
            Rebuild(broken);
        }

        Interlocked.Exchange(ref _isScheduled, 0);
        if (!_signals.IsEmpty || !_commands.IsEmpty)
        {
            Wake();
        }
    }

    private void TakeSteps()
    {
        for (var step = 0; step < StepsPerTurn; step++)
        {
            if (_signals.TryDequeue(out var signal))
            {
                signal();
            }
            else if (_commands.TryDequeue(out var command))
            {
                Run(command);
            }
            else
            {
                return;
            }
        }
    }

    private void Run(ShardCommand<TState> command)
    {
        if (_tenure is { } tenure)
        {
            tenure.Run(command);
            return;
        }

        command.Refuse(_status.ToError());
        command.Release();
    }

    private void Begin(ShardReplay replay)
    {
        if (replay.Epoch < _epoch)
        {
            replay.Cancel();
            replay.Dispose();
            return;
        }

        _epoch = replay.Epoch;
        End(ShardStatus.Loading);
        Replay(replay);
    }

    private void Replay(ShardReplay replay)
    {
        _replay = replay;
        var tenure = new ShardTenure<TState>(_createState, replay, _options, _time, PostFor);
        replay.Start(_appendLeftBehind, tenure.State, failure => Post(() => Finish(replay, tenure, failure)));
    }

    private void Finish(ShardReplay replay, ShardTenure<TState> tenure, Exception? failure)
    {
        replay.Dispose();
        if (!ReferenceEquals(_replay, replay))
        {
            tenure.End(ErrorCode.NotCoordinator);
            replay.Cancel();
        }
        else if ((failure ?? Activate(tenure)) is { } cause)
        {
            _tenure = null;
            _status = ShardStatus.Failed;
            tenure.End(ErrorCode.CoordinatorNotAvailable);
            Fail(replay, cause);
        }
        else
        {
            replay.Complete();
        }
    }

    /// <summary>Serves first and says so to the state then: what that sets going may come back with a command before the call has returned.</summary>
    /// <returns>What went wrong, or null.</returns>
    private Exception? Activate(ShardTenure<TState> tenure)
    {
        _tenure = tenure;
        _status = ShardStatus.Active;
        try
        {
            tenure.State.Loaded();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Whoever loads a shard hears of it. What made it fail may pass, so it goes on trying.</summary>
    private void Fail(ShardReplay replay, Exception failure)
    {
        replay.Fail(failure);
        var delay = _options.RebuildBackoff * (1 << Math.Min(replay.Failures, DoublingsMax));
        ShardLog.LoadFailed(_logger, failure, Name, delay);
        _retry?.Dispose();
        _retry = _time.CreateTimer(_ => Post(() => TryAgain(replay)), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void TryAgain(ShardReplay failed)
    {
        if (ReferenceEquals(_replay, failed))
        {
            _status = ShardStatus.Loading;
            Replay(failed.AfterFailure());
        }
    }

    private void Rebuild(Exception broken)
    {
        ShardLog.Rebuilding(_logger, broken, Name);
        End(_replay is null ? ShardStatus.Absent : ShardStatus.Loading);
        if (_replay is { } replay)
        {
            Replay(replay.Again());
        }
    }

    /// <summary>Ends the tenure and a replay that is under way.</summary>
    private void End(ShardStatus status)
    {
        _status = status;
        _retry?.Dispose();
        _retry = null;
        _replay?.Cancel();
        var tenure = _tenure;
        if (tenure is null)
        {
            return;
        }

        _tenure = null;
        _appendLeftBehind = tenure.AppendUnderWay;
        tenure.End(status == ShardStatus.Absent ? ErrorCode.NotCoordinator : ErrorCode.CoordinatorNotAvailable);
    }

    private void PostFor(ShardTenure<TState> tenure, Action action) => Post(() =>
    {
        if (ReferenceEquals(_tenure, tenure))
        {
            action();
        }
    });

    private void Post(Action signal)
    {
        _signals.Enqueue(signal);
        Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            _scheduler.Schedule(this);
        }
    }
}
