using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Share;

/// <summary>Asks the keeper of delivery state for the groups of all shards, and tells each shard what was answered. Safe for use by several threads at once.</summary>
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
    }

    private ValueTask<ErrorCode> TellAsync(int partition, ShareStateJob job, ShareStateOutcome outcome) =>
        shardOf(partition).SubmitAsync<ErrorCode>(job.GroupId, CommandAccess.Exclusive, (shard, reply) => shard.ShareStates.Complete(job, outcome, reply), error => error);

    private sealed class Calls(ShareStateCallers callers, int partition) : IShareStateCalls
    {
        public void Begin(ShareStateJob job) => callers._scheduler.Schedule(new Start(() => callers.Run(partition, job)));
    }

    private sealed class Start(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
