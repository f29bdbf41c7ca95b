using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Broker.Telemetry;
using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Transactions;

/// <summary>
/// Asks the coordinator of a transaction before its first record is let into a partition (KIP-890): what belongs to no transaction would never be
/// ended, and keep all who read committed records waiting. Safe for use by several threads at once.
/// </summary>
internal sealed class TransactionAdmission(TransactionCoordinator coordinator, BrokerSettings settings, TransactionMetrics metrics)
{
    /// <summary>Whether partitions are asked about that the producer itself was to enrol: <c>transaction.partition.verification.enable</c>.</summary>
    public bool Verifies => settings.Values.Get(TransactionKeys.VerifiesPartitions);

    /// <summary>
    /// Enrols partitions in the transaction, for a producer that leaves it to the broker, or makes sure that they are enrolled.
    /// </summary>
    /// <returns>The answers, in the order of the partitions.</returns>
    public async ValueTask<ErrorCode[]> AskAsync(TransactionOwner owner, IReadOnlyList<TopicPartition> partitions, bool enrols)
    {
        var began = metrics.Now;
        var answers = enrols ? await EnrolAsync(owner, partitions) : await coordinator.VerifyPartitionsAsync(owner, partitions);
        metrics.Verified(began, answers);
        return answers;
    }

    private async ValueTask<ErrorCode[]> EnrolAsync(TransactionOwner owner, IReadOnlyList<TopicPartition> partitions)
    {
        var error = await coordinator.AddPartitionsAsync(owner, partitions, clientVersion: 2);
        return [.. partitions.Select(_ => error)];
    }
}
