using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Administration;

namespace Spate.Cli.Transactions;

/// <summary><c>spate transactions abort</c>: one that hangs, by where it begins, or what an id has open, by shutting its producer out.</summary>
internal static class AbortTransaction
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var topic = new Option<string?>("--topic") { Description = "The topic of a transaction that hangs.", HelpName = "name" };
        var partition = new Option<int?>("--partition", "-p") { Description = "Its partition.", HelpName = "number" };
        var start = new Option<long?>("--start-offset") { Description = "Where it begins, as 'find-hanging' tells.", HelpName = "offset" };
        var id = new Option<string?>("--id") { Description = "A transactional id: its producer is shut out, and what it has open is aborted.", HelpName = "id" };
        var verb = new Verb("abort", "Abort a transaction that hangs, or the one that a transactional id has open.", "spate transactions abort --id payments-1") { topic, partition, start, id };
        verb.Validators.Add(result =>
        {
            var isHanging = new Option[] { topic, partition, start }.Count(option => result.GetResult(option) is not null);
            var isById = result.GetResult(id) is not null;
            if (isById ? isHanging > 0 : isHanging < 3)
            {
                result.AddError("Say which one, by --topic, --partition and --start-offset together, or by --id alone.");
            }
        });
        return verbs.Asking(verb, call => call.Get(id) is { } named ? AbortByIdAsync(call, named) : AbortHangingAsync(call, call.Get(topic)!, call.Get(partition)!.Value, call.Get(start)!.Value));
    }

    private static async Task AbortByIdAsync(ClusterCall call, string id)
    {
        var fenced = (await call.Client.Admin.Transactions.FenceProducersAsync([id], call.Cancellation))[id].Value;
        call.Show(Listing.Record("aborted", (new Column("transactionalId"), id), (new Column("producerId"), fenced.ProducerId), (new Column("producerEpoch"), fenced.Epoch)));
    }

    private static async Task AbortHangingAsync(ClusterCall call, string topic, int index, long start)
    {
        var partition = (await TopicLookup.PartitionsAsync(call, topic, [index]))[0];
        var open = await OpenTransactions.FindAsync(call, [partition]);
        var found = open.Select(static each => each.Producer).FirstOrDefault(producer => producer.TransactionStartOffset == start)
            ?? throw new CommandException(
                $"No transaction begins at offset {start} of {partition} and is open; {(open.Count > 0 ? $"those that are begin at {string.Join(", ", open.Select(static each => each.Producer.TransactionStartOffset))}" : "none is open there")}.", ExitCode.Missing);
        await call.Client.Admin.Transactions.AbortAsync(new HangingTransaction(partition, found.Id, (short)found.Epoch, found.CoordinatorEpoch ?? 0), call.Cancellation);
        call.Show(Listing.Record("aborted", (new Column("topic"), topic), (new Column("partition"), index), (new Column("startOffset"), start), (new Column("producerId"), found.Id), (new Column("producerEpoch"), found.Epoch)));
    }
}
