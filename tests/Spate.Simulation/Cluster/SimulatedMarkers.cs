using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Simulation.Transactions;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>Sends markers over the network to whoever leads the partitions, the coordinators of groups among them.</summary>
internal sealed class SimulatedMarkers(World world, Node node) : IMarkerWriter
{
    public async ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
        TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var written = partitions.Select(partition => (Partition: partition, Answer: WriteAsync(end, partition))).ToList();
        var answers = new List<(TopicPartition, ErrorCode)>(written.Count);
        foreach (var (partition, answer) in written)
        {
            answers.Add((partition, (await answer)?.Error ?? ErrorCode.RequestTimedOut));
        }

        return answers;
    }

    private Task<MarkerAnswer?> WriteAsync(TransactionEnd end, TopicPartition partition)
    {
        // Before version 2 nothing tells a marker that comes late from one of the next transaction: connections keep it from happening.
        var mayRepeat = end.TransactionVersion >= 2;
        var to = partition.Topic == Processor.OffsetsTopic ? world.Cluster.Find(InternalTopic.Offsets, partition.Partition).Leader : world.Cluster.AnyNode();
        return world.Network.AskAsync<MarkerAnswer>(
            node.ToString(),
            to,
            () => $"{(end.IsCommit ? "commit" : "abort")} marker of {end.ProducerId}@{end.ProducerEpoch} by epoch {end.CoordinatorEpoch} to {partition}",
            async leader => new MarkerAnswer(partition.Topic == Processor.OffsetsTopic
                ? await leader.Groups.EndTransactionAsync(partition.Partition, end)
                : world.Data[partition.Partition].End(end)),
            mayRepeat);
    }

    private sealed record MarkerAnswer(ErrorCode Error);
}
