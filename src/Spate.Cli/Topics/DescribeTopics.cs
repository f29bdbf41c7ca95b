using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics describe</c>.</summary>
internal static class DescribeTopics
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var names = new Argument<string[]>("topic") { Description = "The topics; all of them, but for the brokers' own, when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Verb("describe", "Show topics with their partitions, offsets, sizes, health and settings of their own.", "spate topics describe orders", "spate topics describe") { names };
        return verbs.Asking(verb, async call =>
        {
            var wanted = call.Get(names);
            if (wanted.Length == 0)
            {
                wanted = [.. (await call.Client.Admin.Topics.ListAsync(cancellationToken: call.Cancellation)).Select(static topic => topic.Name)];
            }

            var topics = await TopicLookup.DescribeAsync(call, wanted);
            Show(call, topics, await TopicFacts.GatherAsync(call, topics));
        });
    }

    private static void Show(ClusterCall call, IReadOnlyList<TopicDescription> topics, TopicFacts facts)
    {
        var heads = new Listing(
            "topics", new Column("topic"), new Column("partitions"), new Column("replicationFactor"), new Column("offsets"), new Column("sizeBytes", Unit.Bytes), new Column("health"), new Column("id"), new Column("internal"));
        var rows = new Listing(
            "partitions", new Column("topic"), new Column("partition"), new Column("leader"), new Column("leaderEpoch"), new Column("replicas"), new Column("inSyncReplicas"), new Column("startOffset"), new Column("endOffset"), new Column("sizeBytes", Unit.Bytes), new Column("health"));
        var settings = new Listing("settings", new Column("topic"), new Column("key"), new Column("value"));
        foreach (var topic in topics)
        {
            var (states, count, size) = (new List<string>(), 0L, (long?)null);
            foreach (var partition in topic.Partitions)
            {
                var name = new TopicPartition(topic.Name, partition.Index);
                var bounds = facts.BoundsOf(name);
                states.Add(PartitionHealth.Of(partition, facts.MinInSyncReplicasOf(topic.Name)));
                count += bounds?.End - bounds?.Start ?? 0;
                size = partition.Replicas.Aggregate(size, (sum, broker) => facts.SizeOf(name, broker) is { } bytes ? (sum ?? 0) + bytes : sum);
                rows.Add(topic.Name, partition.Index, partition.Leader, partition.LeaderEpoch, partition.Replicas, partition.InSyncReplicas, bounds?.Start, bounds?.End, facts.SizeOf(name, partition.Leader), states[^1]);
            }

            heads.Add(topic.Name, topic.Partitions.Count, topic.Partitions.Count > 0 ? topic.Partitions.Max(static partition => partition.Replicas.Count) : 0, count, size, PartitionHealth.Worst(states), topic.Id.ToString(), topic.IsInternal);
            foreach (var entry in facts.SetOn(topic.Name))
            {
                settings.Add(topic.Name, entry.Name, entry.IsSensitive ? "(hidden)" : entry.Value);
            }
        }

        call.Show(heads, rows, settings);
    }
}
