using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics partitions</c>.</summary>
internal static class AddPartitions
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = TopicVerbs.Topic();
        var count = new Argument<int>("count") { Description = "How many partitions the topic shall have, more than it has now." };
        var dryRun = TopicVerbs.DryRun();
        var verb = new Verb("partitions", "Add partitions to a topic. Records that are there stay where they are; new ones of the same key may go elsewhere.", "spate topics partitions orders 12 --dry-run")
        {
            name, count, dryRun,
        };
        return verbs.Asking(verb, async call =>
        {
            var present = (await TopicLookup.DescribeAsync(call, [call.Get(name)]))[0].Partitions.Count;
            if (call.Get(count) <= present)
            {
                throw new CommandException($"Topic '{call.Get(name)}' has {present} partitions already, and partitions cannot be taken away; give a number above {present}.");
            }

            await using (var work = new LongWork(call, $"adding {Wording.Count(call.Get(count) - present, "partition")} to '{call.Get(name)}'"))
            {
                var results = await work.Admin.Topics.AddPartitionsAsync([new NewPartitions(call.Get(name), call.Get(count))], call.Get(dryRun), call.Cancellation);
                await TopicLookup.ThrowIfAnyFailedAsync(call, results);
            }

            call.Show(Listing.Record(
                "topic", (new Column("topic"), call.Get(name)), (new Column("partitionsBefore"), present), (new Column("partitions"), call.Get(dryRun) ? present : call.Get(count)), (new Column("added"), !call.Get(dryRun))));
        });
    }
}
