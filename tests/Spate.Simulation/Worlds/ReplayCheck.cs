using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Coordination.Groups;
using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Coordination.Tests.Harness;
using Spate.Coordination.Transactions;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Worlds;

/// <summary>Whether an empty state that the log is replayed into becomes what its leader has, and would if the log were compacted first.</summary>
internal sealed class ReplayCheck(World world)
{
    public void Look(LedPartition partition)
    {
        if (!partition.IsServed || partition.Log.HasAppendUnderWay)
        {
            return;
        }

        var live = Live(partition);
        world.Pump.Run();
        if (!live.IsCompletedSuccessfully || partition.Log.HasAppendUnderWay || !partition.IsServed)
        {
            return;
        }

        Compare(partition, live.Result, partition.Log.Entries, "the log tells");
        Compare(
            partition,
            live.Result,
            partition.Topic == InternalTopic.ShareStates ? LogCompaction.Prune(partition.Log.Entries) : LogCompaction.Compact(partition.Log.Entries, keepsTombstones: false),
            "the log, compacted, would tell");
    }

    private static Task<string> Live(LedPartition partition) => partition.Topic switch
    {
        InternalTopic.Offsets => partition.Leader.Groups.ReadAsync(KeyOf(partition), Describe, static error => error.ToString()).AsTask(),
        InternalTopic.Transactions => partition.Leader.Transactions.ReadAsync(partition.Index, Describe, static error => error.ToString()).AsTask(),
        _ => partition.Leader.Shares.ReadAsync(partition.Index, Describe, static error => error.ToString()).AsTask(),
    };

    /// <summary>Any group id of the partition: the state that is read is that of all of them.</summary>
    private static string KeyOf(LedPartition partition) =>
        Enumerable.Range(0, 100).Select(static number => $"k{number}").First(key => Coordination.GroupPartitioner.PartitionFor(key, ClusterOfNodes.PartitionCount) == partition.Index);

    private void Compare(LedPartition partition, string live, IReadOnlyList<LogEntry> entries, string what)
    {
        var replayed = Replayed(partition.Topic, entries);
        if (replayed != live)
        {
            world.Fault(Checks.Replay, $"of {partition} {what}\n{replayed}\nand there is\n{live}");
        }
    }

    private string Replayed(InternalTopic topic, IReadOnlyList<LogEntry> entries)
    {
        var context = new StillContext();
        switch (topic)
        {
            case InternalTopic.Offsets:
                var groups = new GroupShard(
                    context, Node.GroupOptions, new Random(1), new Coordination.GroupFigures(), new GroupSurroundings(world.Topics, new TestSettings(), new NoShareStateCalls()), NullLogger.Instance);
                Apply(groups);
                return Describe(groups);
            case InternalTopic.Transactions:
                var transactions = new TransactionShard(context, Node.TransactionOptions, new NoOutbox(), NullLogger.Instance);
                Apply(transactions);
                return Describe(transactions);
            default:
                var shares = new ShareStateShard(context, Node.ShareOptions, new ShareTopics(world));
                Apply(shares);
                return Describe(shares);
        }

        void Apply(ICoordinatorState state)
        {
            foreach (var entry in entries)
            {
                entry.ApplyTo(state);
            }
        }
    }

    private static string Describe(GroupShard shard)
    {
        var text = new StringBuilder(StateDump.Of(shard));
        foreach (var group in shard.Groups.Where(static group => group.Pending.Count > 0).OrderBy(static group => group.Id, StringComparer.Ordinal))
        {
            text.AppendLine($"{group.Id} waits for {group.Pending.Count}: {string.Join(' ', group.Pending.Partitions.Select(static one => one.ToString()).Order(StringComparer.Ordinal))}");
        }

        return text.ToString();
    }

    private static string Describe(TransactionShard shard) => string.Join("\n", shard.Producers.OrderBy(static producer => producer.TransactionalId, StringComparer.Ordinal).Select(static producer =>
        $"{producer.TransactionalId} {producer.Logged with { Partitions = [] }} in {string.Join(",", producer.Logged.Partitions.Select(static partition => partition.ToString()).Order(StringComparer.Ordinal))}"));

    private static string Describe(ShareStateShard shard) => string.Join("\n", shard.States.OrderBy(static state => state.Key.ToString(), StringComparer.Ordinal).Select(static state =>
        $"{state.Key} {state.Value with { Batches = [] }} {string.Join(", ", state.Value.Batches)}"));
}
