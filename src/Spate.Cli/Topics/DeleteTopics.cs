using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics delete</c>.</summary>
internal static class DeleteTopics
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var names = new Argument<string[]>("topic") { Description = "The topics.", Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "See that they are there, and delete nothing." };
        var verb = new Verb("delete", "Delete topics with all their records. They are gone for good.", "spate topics delete orders-of-last-year", "spate topics delete orders --dry-run") { names, dryRun };
        return verbs.Asking(verb, async call =>
        {
            var topics = await TopicLookup.DescribeAsync(call, call.Get(names));
            if (!call.Get(dryRun))
            {
                await using var work = new LongWork(call, $"deleting {Wording.Count(topics.Count, "topic")} with {Wording.Count(topics.Sum(static topic => topic.Partitions.Count), "partition")}");
                await TopicLookup.ThrowIfAnyFailedAsync(call, await work.Admin.Topics.DeleteAsync([.. topics.Select(static topic => topic.Name)], call.Cancellation));
            }

            var listing = new Listing("topics", new Column("topic"), new Column("partitions"), new Column("deleted"));
            foreach (var topic in topics)
            {
                listing.Add(topic.Name, topic.Partitions.Count, !call.Get(dryRun));
            }

            call.Show(listing);
        });
    }
}
