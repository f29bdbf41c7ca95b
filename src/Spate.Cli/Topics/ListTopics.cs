using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics list</c>.</summary>
internal static class ListTopics
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var includeInternal = new Option<bool>("--internal") { Description = "Name the brokers' own topics too." };
        return verbs.Asking(new Verb("list", "List topics.", "spate topics list", "spate topics list --output json") { includeInternal }, async call =>
        {
            var topics = call.Client.Admin.Topics;
            var names = await topics.ListAsync(call.Get(includeInternal), call.Cancellation);
            var described = await topics.DescribeAsync([.. names.Select(static topic => topic.Name)], call.Cancellation);
            var listing = new Listing("topics", new Column("topic"), new Column("partitions"), new Column("replicationFactor"), new Column("internal"));

            // What was deleted between the two questions is not there.
            foreach (var topic in names.Where(topic => described[topic.Name].IsSuccess))
            {
                var partitions = described[topic.Name].Value.Partitions;
                listing.Add(topic.Name, partitions.Count, partitions.Count > 0 ? partitions.Max(static partition => partition.Replicas.Count) : 0, topic.IsInternal);
            }

            call.Show(listing);
        });
    }
}
