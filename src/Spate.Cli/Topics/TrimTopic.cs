using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Client.Consuming;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics trim</c>.</summary>
internal static class TrimTopic
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = TopicVerbs.Topic();
        var before = PositionOption.Create("--before", $"Delete what lies before: {Position.Form}.", verbs.Surroundings.Clock);
        before.Required = true;
        var only = TopicVerbs.Partitions();
        var dryRun = new System.CommandLine.Option<bool>("--dry-run") { Description = "Show what would be deleted, and delete nothing." };
        var verb = new Verb("trim", "Delete the oldest records of a topic. They are gone for good.", "spate topics trim orders --before 7d --dry-run", "spate topics trim orders --before -1000") { name, before, only, dryRun };
        return verbs.Asking(verb, async call =>
        {
            var partitions = await TopicLookup.PartitionsAsync(call, call.Get(name), call.Get(only) ?? []);
            var bounds = await PositionLookup.BoundsAsync(call.Client.Admin, partitions, IsolationLevel.ReadUncommitted, call.Cancellation);
            var kept = await PositionLookup.FindAsync(call.Client.Admin, call.Get(before)!, bounds, call.Cancellation);
            if (!call.Get(dryRun))
            {
                await using var work = new LongWork(call, $"deleting records of {Wording.Count(kept.Count, "partition")}");
                (await work.Admin.Partitions.DeleteRecordsAsync(kept, call.Cancellation)).ThrowIfAnyFailed();
            }

            var listing = new Listing("partitions", new Column("topic"), new Column("partition"), new Column("startBefore"), new Column("start"), new Column("end"), new Column("deleted"));
            foreach (var partition in partitions)
            {
                listing.Add(partition.Topic, partition.Partition, bounds[partition].Start, kept[partition], bounds[partition].End, !call.Get(dryRun) && kept[partition] > bounds[partition].Start);
            }

            call.Show(listing);
        });
    }
}
