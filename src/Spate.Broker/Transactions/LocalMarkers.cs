using Spate.Broker.Partitions;
using Spate.Coordination;
using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;

namespace Spate.Broker.Transactions;

/// <summary>
/// Writes the ends of transactions into the partitions that this node leads. Where a coordinator keeps its state the marker takes the way of all
/// that it writes, so that what it answers and what is in its log stay the same. Safe for use by several threads at once.
/// </summary>
/// <param name="partitions">The partitions that are led here.</param>
/// <param name="groups">The coordinator whose offsets are part of transactions.</param>
/// <param name="controller">Knows which partitions there are.</param>
/// <param name="clock">The time of markers.</param>
internal sealed class LocalMarkers(PartitionTable partitions, GroupCoordinator groups, Controller controller, TimeProvider clock) : IMarkerWriter
{
    public async ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
        TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var answers = new List<(TopicPartition, ErrorCode)>(partitions.Count);
        foreach (var partition in partitions)
        {
            answers.Add((partition, await WriteAsync(end, partition)));
        }

        return answers;
    }

    private async ValueTask<ErrorCode> WriteAsync(TransactionEnd end, TopicPartition name)
    {
        if (!controller.Image.TryGetTopic(name.Topic, out var topic) || topic.FindPartition(name.Partition) is null)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (name.Topic == TopicName.ConsumerOffsets)
        {
            return await groups.EndTransactionAsync(name.Partition, end) is var refusal && refusal == ErrorCode.NotCoordinator ? ErrorCode.NotLeaderOrFollower : refusal;
        }

        if (TopicName.IsInternal(name.Topic))
        {
            // Nothing in it belongs to transactions, and whoever keeps its state there would not know what to make of a marker.
            return ErrorCode.InvalidTopic;
        }

        if (partitions.Find(name.Topic, name.Partition, out var partition) is var error && partition is null)
        {
            return error == ErrorCode.UnknownTopicOrPartition ? ErrorCode.NotLeaderOrFollower : error;
        }

        using var builder = new RecordBatchBuilder();
        var outcome = partition.AppendEnd(end, clock.GetUtcNow().ToUnixTimeMilliseconds(), builder);
        return outcome.Error == ErrorCode.None && outcome.MustFlush ? await partition.WaitUntilDurableAsync(outcome.LastOffset) : outcome.Error;
    }
}
