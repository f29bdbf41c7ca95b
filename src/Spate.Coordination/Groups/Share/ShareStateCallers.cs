using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// Asks the keeper of delivery state for the groups of all shards, and tells each shard what was answered. What is asked for one group is asked in turn, also when the
/// shard that asked has been given up or loaded again meanwhile: a deletion that comes late would take away what the group has begun anew since. Safe for use by
/// several threads at once.
/// </summary>
/// <param name="states">The keeper.</param>
/// <param name="shardOf">The shard of a partition of __consumer_offsets.</param>
/// <param name="scheduler">Where questions are asked: never inside the shard's loop, which has others to serve.</param>
/// <param name="time">The clock of retries.</param>
/// <param name="retryBackoff">How long to wait before the shard is told again that could not take the answer in.</param>
/// <param name="logger">Told what goes wrong.</param>
internal sealed class ShareStateCallers(
    IShareStates states, Func<int, CoordinatorShard<GroupShard>> shardOf, IShardScheduler scheduler, TimeProvider time, TimeSpan retryBackoff, ILogger logger)
    : IAsyncDisposable
{
    private readonly IShardScheduler _scheduler = scheduler;
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>What has begun for each group, and what waits for its answer.</summary>
    private readonly Dictionary<string, Queue<Action>> _turns = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public IShareStates States { get; } = states;

    /// <summary>What one shard asks through.</summary>
    public IShareStateCalls Of(int partition) => new Calls(this, partition);

    /// <summary>Asks nothing more, and completes when nothing is under way. What is left is asked by whoever loads the shard next.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _stopping.Cancel();
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    /// <summary>The job's turn comes when all that was begun for its group before has been answered.</summary>
    private void Begin(int partition, ShareStateJob job)
    {
        void Start() => _scheduler.Schedule(new Turn(() => Run(partition, job)));
        lock (_lock)
        {
            if (_turns.TryGetValue(job.GroupId, out var waiting))
            {
                waiting.Enqueue(Start);
                return;
            }

            _turns.Add(job.GroupId, new Queue<Action>());
        }

        Start();
    }

    private void EndTurn(string groupId)
    {
        Action? next;
        lock (_lock)
        {
            if (!_turns[groupId].TryDequeue(out next))
            {
                _turns.Remove(groupId);
            }
        }

        next?.Invoke();
    }

    private void Run(int partition, ShareStateJob job)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var task = RunAsync(partition, job);
            if (!task.IsCompleted)
            {
                _running.Add(task);
                _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private void Forget(Task ended)
    {
        lock (_lock)
        {
            _running.Remove(ended);
        }
    }

    private async Task RunAsync(int partition, ShareStateJob job)
    {
        try
        {
            var outcome = await AskAsync(job);
            while (await TellAsync(partition, job, outcome) is not (ErrorCode.None or ErrorCode.NotCoordinator))
            {
                await Task.Delay(retryBackoff, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The broker stops; whoever loads the shard next begins again.
        }
    }

    private async ValueTask<ShareStateOutcome> AskAsync(ShareStateJob job)
    {
        try
        {
            return await job.AskAsync(States);
        }
        catch (Exception failure)
        {
            // Whatever broke in the keeper is not the group's end: it asks again.
            GroupLog.ShareStateFailed(logger, failure, job.GroupId);
            return ShareStateOutcome.Failed(job.Partitions, ErrorCode.UnknownServerError);
        }
        finally
        {
            EndTurn(job.GroupId);
        }
    }

    private ValueTask<ErrorCode> TellAsync(int partition, ShareStateJob job, ShareStateOutcome outcome) =>
        shardOf(partition).SubmitAsync<ErrorCode>(job.GroupId, CommandAccess.Exclusive, (shard, reply) => shard.Share.States.Complete(job, outcome, reply), error => error);

    private sealed class Calls(ShareStateCallers callers, int partition) : IShareStateCalls
    {
        public void Begin(ShareStateJob job) => callers.Begin(partition, job);
    }

    private sealed class Turn(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
