using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Administration;
using Spate.Protocol;

namespace Spate.Cli.Transactions;

/// <summary>
/// <c>spate transactions find-hanging</c>: transactions that a partition holds open for longer than any may take, and that no coordinator knows to be open there.
/// </summary>
internal static class FindHanging
{
    /// <summary>Kafka's default of <c>transaction.max.timeout.ms</c>, and some time for the coordinator to end it.</summary>
    private static readonly TimeSpan DefaultAge = TimeSpan.FromMinutes(20);

    public static Verb Create(ClusterVerbs verbs)
    {
        var topics = new Option<string[]>("--topic") { Description = "Look in this topic only. May be given many times.", HelpName = "name" };
        var age = ClusterVerbs.Durations("--older-than", "Pass over those whose last record is younger. Default: 20m, beyond transaction.max.timeout.ms.");
        var verb = new Verb("find-hanging", "Look for transactions that nobody will end, and that readers of committed records wait for. Status 5 when there are any.", "spate transactions find-hanging") { topics, age };
        return verbs.Asking(verb, async call =>
        {
            var names = call.Get(topics) is { Length: > 0 } given ? given : [.. (await call.Client.Admin.Topics.ListAsync(includeInternal: true, call.Cancellation)).Select(static topic => topic.Name)];
            var partitions = (await TopicLookup.DescribeAsync(call, names))
                .SelectMany(static topic => topic.Partitions.Where(static partition => partition.Leader is not null).Select(partition => new TopicPartition(topic.Name, partition.Index))).ToList();
            var youngest = call.Surroundings.Clock.GetUtcNow() - (call.Get(age) ?? DefaultAge);
            var suspects = (await OpenTransactions.FindAsync(call, partitions)).Where(each => each.Producer.LastTimestamp is not { } last || last < youngest).ToList();
            var known = await KnownAsync(call, suspects.Select(static each => each.Producer.Id).Distinct().ToList());
            var listing = new Listing("hanging", new Column("topic"), new Column("partition"), new Column("producerId"), new Column("producerEpoch"), new Column("startOffset"), new Column("lastTime"));
            foreach (var (partition, producer) in suspects.Where(each => !known.Contains((each.Producer.Id, each.Partition))))
            {
                listing.Add(partition.Topic, partition.Partition, producer.Id, producer.Epoch, producer.TransactionStartOffset, producer.LastTimestamp);
            }

            call.Show(listing);
            if (listing.Rows.Count > 0)
            {
                call.Say("'spate transactions abort --topic <topic> --partition <partition> --start-offset <startOffset>' ends one.");
            }

            return listing.Rows.Count > 0 ? ExitCode.Unhealthy : ExitCode.Success;
        });
    }

    /// <summary>The partitions in which coordinators know transactions of these producers to be open.</summary>
    private static async Task<HashSet<(long ProducerId, TopicPartition Partition)>> KnownAsync(ClusterCall call, List<long> producers)
    {
        if (producers.Count == 0)
        {
            return [];
        }

        var listed = await call.Client.Admin.Transactions.ListAsync(new ListTransactionsOptions { ProducerIds = producers }, call.Cancellation);
        if (listed.Failures.Count > 0)
        {
            throw new CommandException($"Broker {listed.Failures.First().Key} did not tell its transactions, and without that none can be said to hang: {listed.Failures.First().Value.Message}");
        }

        var described = await call.Client.Admin.Transactions.DescribeAsync([.. listed.Items.Select(static each => each.TransactionalId)], call.Cancellation);
        return [.. described.Values.Where(static result => result.IsSuccess).SelectMany(static result => result.Value.Partitions, static (result, partition) => (result.Value.ProducerId, partition))];
    }
}
