using Spate.Cli.Grammar;
using Spate.Cli.Output;

namespace Spate.Cli.Clusters;

/// <summary><c>spate cluster health</c>: what is wrong with partitions and directories. Nothing found is status 0.</summary>
internal static class ClusterHealth
{
    public static Verb Create(ClusterVerbs verbs) => verbs.Asking(
        new Verb("health", "Look for partitions without a leader or with too few replicas, and for failed log directories. Status 5 when there are any.", "spate cluster health"),
        async call =>
        {
            var listing = new Listing("findings", new Column("what"), new Column("where"), new Column("next"));
            foreach (var (what, where, next) in await HealthFindings.FindAsync(call))
            {
                listing.Add(what, where, next);
            }

            call.Show(listing);
            if (listing.Rows.Count == 0)
            {
                call.Say("nothing is wrong with partitions and log directories.");
            }

            return listing.Rows.Count == 0 ? ExitCode.Success : ExitCode.Unhealthy;
        });
}
