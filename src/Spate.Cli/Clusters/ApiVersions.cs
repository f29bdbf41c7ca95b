using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Protocol.Messages;

namespace Spate.Cli.Clusters;

/// <summary><c>spate cluster api-versions</c>.</summary>
internal static class ApiVersions
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var only = new Option<int?>("--broker") { Description = "This broker. Default: any.", HelpName = "id" };
        return verbs.Asking(new Verb("api-versions", "List the APIs that a broker offers, with their versions.", "spate cluster api-versions") { only }, async call =>
        {
            if (call.Get(only) is { } broker)
            {
                await BrokerLookup.CheckAsync(call, [broker]);
            }

            var listing = new Listing("apis", new Column("key"), new Column("api"), new Column("lowest"), new Column("highest"));
            foreach (var (key, versions) in (await call.Client.Admin.Cluster.DescribeApiVersionsAsync(call.Get(only), call.Cancellation)).OrderBy(static pair => pair.Key))
            {
                listing.Add(key, Enum.IsDefined((ApiKey)key) ? ((ApiKey)key).ToString() : null, versions.Lowest, versions.Highest);
            }

            call.Show(listing);
        });
    }
}
