using Spate.Cli.Running;

namespace Spate.Cli.Clusters;

/// <summary>Finds brokers before they are asked: one that is not there would be waited for.</summary>
internal static class BrokerLookup
{
    private const int NamedMax = 10;

    /// <exception cref="CommandException">One of them is not in the cluster.</exception>
    public static async Task CheckAsync(ClusterCall call, IEnumerable<int> ids)
    {
        var known = (await call.Client.Admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation)).Brokers.Select(static broker => broker.Id).ToList();
        call.Answered();
        var missing = ids.Where(id => !known.Contains(id)).ToList();
        if (missing.Count > 0)
        {
            throw new CommandException(
                $"There is no broker {missing[0]} in the cluster; there {(known.Count == 1 ? "is" : "are")} {string.Join(", ", known.Take(NamedMax))}{(known.Count > NamedMax ? " and more" : "")}. 'spate cluster brokers' shows them.",
                ExitCode.Missing);
        }
    }
}
