using System.Runtime.ExceptionServices;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>
/// The time for which this broker owns a shard: its state, its timers, what waits for the log. Begins with an empty state that the log is
/// replayed into, and is thrown away as a whole when the shard goes elsewhere or something in it turns out broken. Touched by one thread at
/// a time: by the replay first, then by the shard's loop.
/// <para>
/// Appends follow one another. Commands that run while one is under way are gathered into the next, so a slow log makes batches larger,
/// not the shard slower; <see cref="CommandGate{TState}"/> keeps those apart that must not run over each other.
/// </para>
/// </summary>
internal sealed class ShardTenure<TState> : IDisposable
    where TState : class, ICoordinatorState
{
    private static readonly TimerKey AppendTimer = new("append", "");

    private readonly ShardOptions _options;
    private readonly ICoordinatorLog _log;
    private readonly Action<Action> _post;
    private readonly ShardTimers _timers;
    private readonly CommandGate<TState> _gate = new();
    private readonly HashSet<PendingReply> _outstanding = [];
    private readonly Queue<PreparedAppend<TState>> _prepared = new();
    private AppendBatch<TState>? _inFlight;

    /// <param name="createState">Makes the empty state.</param>
    /// <param name="log">The shard's log.</param>
    /// <param name="options">The shard's bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="post">Runs an action in the shard's loop, if this tenure is still the present one then.</param>
    public ShardTenure(
        Func<IShardContext, TState> createState, ICoordinatorLog log, ShardOptions options, TimeProvider time, Action<ShardTenure<TState>, Action> post)
    {
        _options = options;
        _log = log;
        _post = action => post(this, action);
        _timers = new ShardTimers(time, options.TimerRetryBackoff, () => _post(_timers!.Rung));
        State = createState(_timers);
    }

    public TState State { get; }

    /// <summary>Completes when no append is under way, never with an exception.</summary>
    public Task AppendUnderWay { get; private set; } = Task.CompletedTask;

    /// <summary>Replies that callers still wait for.</summary>
    public int OutstandingReplies => _outstanding.Count;

    /// <summary>Runs a command, or lets it wait for those before it.</summary>
    public void Run(ShardCommand<TState> command)
    {
        command.Attach(_outstanding);
        if (_gate.TryPass(command))
        {
            Execute(command);
        }
    }

    /// <summary>What closes each turn of the loop: timers that are due, the next append, the alarm.</summary>
    public void EndTurn()
    {
        do
        {
            while (_timers.TakeDue() is { } timer)
            {
                Run(new TimerCommand<TState>(_timers, timer));
            }
        }
        while (Flush());
        _timers.Arm();
    }

    /// <summary>Ends the tenure: all who wait are answered, all timers stop.</summary>
    public void End(ErrorCode error)
    {
        foreach (var reply in _outstanding.ToArray())
        {
            reply.Refuse(error);
        }

        foreach (var command in UnfinishedCommands())
        {
            command.Release();
        }

        Dispose();
    }

    /// <summary>Stops the timers; part of <see cref="End"/>.</summary>
    public void Dispose() => _timers.Dispose();

    private void Execute(ShardCommand<TState> command)
    {
        var isPrepared = false;
        try
        {
            var outcome = command.Execute(State);
            if (outcome.IsToBeWritten)
            {
                _gate.Enter(command);
                _prepared.Enqueue(new PreparedAppend<TState>(command, outcome));
                isPrepared = true;
            }
        }
        finally
        {
            if (!isPrepared)
            {
                command.Release();
            }
        }
    }

    /// <summary>Hands what is prepared to the log, batch by batch. True when an append was completed at once.</summary>
    private bool Flush()
    {
        var settled = false;
        while (_inFlight is null && _prepared.Count > 0)
        {
            _inFlight = AppendBatch<TState>.Take(_prepared, _options.BatchBytesMax);
            var append = _inFlight.AppendTo(_log);
            if (append.IsCompleted)
            {
                Settle(append.GetAwaiter().GetResult());
                settled = true;
            }
            else
            {
                WatchAppend();
                AppendUnderWay = AwaitAsync(append);
            }
        }

        return settled;
    }

    private async Task AwaitAsync(ValueTask<AppendResult> append)
    {
        try
        {
            var result = await append;
            _post(() => Settle(result));
        }
        catch (Exception unknown)
        {
            // Whether the batch is in the log is not known: thrown inside the loop, so that the shard is rebuilt from the log.
            var captured = ExceptionDispatchInfo.Capture(unknown);
            _post(captured.Throw);
        }
    }

    private void Settle(AppendResult result)
    {
        var batch = _inFlight ?? throw new InvalidOperationException("An append was completed that was not under way.");
        _timers.Cancel(AppendTimer);
        var offset = result.Offset - batch.Records.Count + 1;
        foreach (var append in batch.Appends)
        {
            if (result.IsCommitted)
            {
                Commit(append.Outcome, ref offset);
            }
            else
            {
                append.Command.Refuse(result.Error);
            }
        }

        _inFlight = null;
        foreach (var append in batch.Appends)
        {
            append.Command.Release();
            _gate.Leave(append.Command);
        }

        foreach (var append in batch.Appends)
        {
            while (_gate.TryNext(append.Command.Key) is { } next)
            {
                Execute(next);
            }
        }
    }

    /// <param name="outcome">What was decided.</param>
    /// <param name="offset">Where the next record lies.</param>
    private void Commit(CommandOutcome outcome, ref long offset)
    {
        if (outcome.End is { } end)
        {
            State.ApplyEnd(end.ProducerId, end.IsCommit);
        }

        foreach (var record in outcome.Records)
        {
            if (outcome.Producer is { } producer)
            {
                State.ApplyPending(producer.ProducerId, record);
            }
            else
            {
                State.Apply(record);
            }

            State.AppliedAt(offset++);
        }

        outcome.WhenCommitted?.Invoke();
    }

    /// <summary>As long as the log hangs, those who wait for it are answered from time to time.</summary>
    private void WatchAppend() => _timers.Schedule(AppendTimer, _options.AppendTimeout, AppendOverdue, CommandAccess.Immediate);

    private CommandOutcome AppendOverdue()
    {
        foreach (var command in UnfinishedCommands())
        {
            command.Overdue();
        }

        WatchAppend();
        return CommandOutcome.Done;
    }

    private IEnumerable<ShardCommand<TState>> UnfinishedCommands() =>
        (_inFlight?.Appends ?? []).Concat(_prepared).Select(append => append.Command).Concat(_gate.Waiting());
}
