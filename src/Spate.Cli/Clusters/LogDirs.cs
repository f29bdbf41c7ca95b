using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;

namespace Spate.Cli.Clusters;

/// <summary><c>spate cluster log-dirs</c>.</summary>
internal static class LogDirs
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var only = new Option<int[]>("--broker") { Description = "This broker only. May be given many times.", HelpName = "id" };
        return verbs.Asking(new Verb("log-dirs", "List the log directories of brokers, what lies in them, and the room on their volumes.", "spate cluster log-dirs") { only }, async call =>
        {
            await BrokerLookup.CheckAsync(call, call.Get(only) ?? []);
            var brokers = call.Get(only) is { Length: > 0 } given ? given : [.. (await call.Client.Admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation)).Brokers.Select(static broker => broker.Id)];
            var described = await call.Client.Admin.LogDirs.DescribeAsync([.. brokers.Distinct()], call.Cancellation);
            var listing = new Listing(
                "directories", new Column("broker"), new Column("directory"), new Column("partitions"), new Column("moving"), new Column("sizeBytes", Unit.Bytes), new Column("totalBytes", Unit.Bytes), new Column("usableBytes", Unit.Bytes), new Column("error"));
            foreach (var (broker, answer) in described.OrderBy(static pair => pair.Key))
            {
                foreach (var (path, directory) in answer.Value.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                {
                    if (directory.Error is { } error)
                    {
                        listing.Add(broker, path, null, null, null, null, null, error.Message);
                        continue;
                    }

                    var replicas = directory.Value.Replicas.Values;
                    listing.Add(
                        broker, path, replicas.Count(static replica => !replica.IsFuture), replicas.Count(static replica => replica.IsFuture), replicas.Sum(static replica => replica.SizeBytes), directory.Value.TotalBytes, directory.Value.UsableBytes, null);
                }
            }

            call.Show(listing);
        });
    }
}
