using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Transactions;

/// <summary>Forgets transactional ids that nobody has used for the expiration time and that have no transaction under way.</summary>
internal sealed class TransactionExpiry(TransactionShard shard, IShardContext context, TransactionCoordinatorOptions options, ILogger logger)
{
    private const string SweepPurpose = "sweep";
    private const string ExpirePurpose = "expire";

    public void Start() => context.Schedule(new TimerKey(SweepPurpose, ""), options.ExpiryCheckInterval, Sweep, CommandAccess.Immediate);

    private CommandOutcome Sweep()
    {
        foreach (var producer in shard.Producers)
        {
            if (HasAged(producer.Logged))
            {
                var id = producer.TransactionalId;
                context.Schedule(new TimerKey(ExpirePurpose, id), TimeSpan.Zero, () => Expire(id));
            }
        }

        Start();
        return CommandOutcome.Done;
    }

    private CommandOutcome Expire(string transactionalId) => shard.Find(transactionalId) is { } producer && HasAged(producer.Logged)
        ? CommandOutcome.Append([TransactionRecords.Tombstone(transactionalId)], () => TransactionLog.Expired(logger, transactionalId))
        : CommandOutcome.Done;

    private bool HasAged(Transaction logged) =>
        (logged.IsComplete || logged.State == TransactionState.Empty) && context.UtcNowMs - logged.LastUpdateMs >= options.Expiration.TotalMilliseconds;
}
