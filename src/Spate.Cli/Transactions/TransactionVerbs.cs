using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Cli.Transactions;

/// <summary><c>spate transactions</c>.</summary>
internal static class TransactionVerbs
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "transactions", "Look after transactions and the ids that they go by.", List(verbs), Describe(verbs), FindHanging.Create(verbs), AbortTransaction.Create(verbs));

    private static Verb List(ClusterVerbs verbs)
    {
        var states = Words.Option<TransactionState>("--state", "Only ids in this state");
        var longer = ClusterVerbs.Durations("--longer-than", "Only ids whose transaction has been open for longer.");
        return verbs.Asking(new Verb("list", "List transactional ids.", "spate transactions list", "spate transactions list --longer-than 5m") { states, longer }, async call =>
        {
            var options = new ListTransactionsOptions { States = call.Get(states) ?? [], LongerThan = call.Get(longer) };
            var listed = await call.Client.Admin.Transactions.ListAsync(options, call.Cancellation);
            var listing = new Listing("transactions", new Column("transactionalId"), new Column("producerId"), new Column("state"));
            foreach (var each in listed.Items)
            {
                listing.Add(each.TransactionalId, each.ProducerId, each.State.ToString().ToLowerInvariant());
            }

            foreach (var (broker, failure) in listed.Failures)
            {
                call.Say($"the transactional ids of broker {broker} are missing: {failure.Message}");
            }

            call.Show(listing);
        });
    }

    private static Verb Describe(ClusterVerbs verbs)
    {
        var ids = new Argument<string[]>("id") { Description = "The transactional ids.", Arity = ArgumentArity.OneOrMore };
        return verbs.Asking(new Verb("describe", "Show transactional ids with the partitions that their transactions have written to.", "spate transactions describe payments-1") { ids }, async call =>
        {
            var described = await call.Client.Admin.Transactions.DescribeAsync([.. call.Get(ids).Distinct(StringComparer.Ordinal)], call.Cancellation);
            if (described.FirstOrDefault(static pair => pair.Value.Error?.ErrorCode == ErrorCode.TransactionalIdNotFound) is { Key: { } missing })
            {
                throw new CommandException($"There is no transactional id '{missing}'. 'spate transactions list' shows all; ids that nobody used for a week are forgotten.", ExitCode.Missing);
            }

            described.ThrowIfAnyFailed();
            var listing = new Listing(
                "transactions", new Column("transactionalId"), new Column("state"), new Column("producerId"), new Column("producerEpoch"), new Column("coordinator"), new Column("timeoutMs", Unit.Milliseconds), new Column("started"), new Column("partitions"));
            foreach (var (id, result) in described)
            {
                var each = result.Value;
                listing.Add(
                    id, each.State.ToString().ToLowerInvariant(), each.ProducerId, each.ProducerEpoch, each.Coordinator, (long)each.Timeout.TotalMilliseconds, each.StartTime, each.Partitions.Select(static partition => partition.ToString()).ToList());
            }

            call.Show(listing);
        });
    }
}
