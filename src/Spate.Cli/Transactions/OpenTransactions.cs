using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol;

namespace Spate.Cli.Transactions;

/// <summary>The transactions that partitions hold open.</summary>
internal static class OpenTransactions
{
    /// <exception cref="Spate.Client.KafkaException">A partition could not be asked about.</exception>
    public static async Task<IReadOnlyList<(TopicPartition Partition, ActiveProducer Producer)>> FindAsync(ClusterCall call, IReadOnlyCollection<TopicPartition> partitions)
    {
        var described = await call.Client.Admin.Partitions.DescribeProducersAsync(partitions, cancellationToken: call.Cancellation);
        described.ThrowIfAnyFailed();
        return
        [
            .. described.OrderBy(static pair => pair.Key.Topic, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Partition)
                .SelectMany(static pair => pair.Value.Value.Where(static producer => producer.TransactionStartOffset is not null), static (pair, producer) => (pair.Key, producer)),
        ];
    }
}
