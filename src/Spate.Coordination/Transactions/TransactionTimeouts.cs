using Spate.Coordination.Runtime;

namespace Spate.Coordination.Transactions;

/// <summary>
/// Aborts transactions that last longer than their producer said they would: nobody else can read on as long as they are open. The producer is
/// fenced by it.
/// </summary>
internal sealed class TransactionTimeouts(
    TransactionShard shard, IShardContext context, TransactionEndings endings, TransactionCoordinatorOptions options)
{
    private const string SweepPurpose = "timeouts";
    private const string AbortPurpose = "timeout";

    public void Start() => context.Schedule(new TimerKey(SweepPurpose, ""), options.TimeoutCheckInterval, Sweep, CommandAccess.Immediate);

    private CommandOutcome Sweep()
    {
        foreach (var producer in shard.Producers)
        {
            if (IsOver(producer.Logged))
            {
                var id = producer.TransactionalId;
                context.Schedule(new TimerKey(AbortPurpose, id), TimeSpan.Zero, () => Abort(id));
            }
        }

        Start();
        return CommandOutcome.Done;
    }

    private CommandOutcome Abort(string transactionalId) => shard.Find(transactionalId) is { } producer && IsOver(producer.Logged)
        ? endings.Fence(producer, $"it was open for more than {producer.Logged.TimeoutMs} ms", () => { })
        : CommandOutcome.Done;

    private bool IsOver(Transaction logged) => logged.State == TransactionState.Ongoing && logged.StartMs + logged.TimeoutMs < context.UtcNowMs;
}
