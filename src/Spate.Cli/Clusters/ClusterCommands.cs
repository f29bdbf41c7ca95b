using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;

namespace Spate.Cli.Clusters;

/// <summary><c>spate cluster</c>.</summary>
internal static class ClusterCommands
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "cluster", "See how a cluster and its brokers are.", Info(verbs), ClusterHealth.Create(verbs), Brokers(verbs), LogDirs.Create(verbs), ApiVersions.Create(verbs));

    private static Verb Info(ClusterVerbs verbs) => verbs.Asking(new Verb("info", "Show the cluster's id, controller, size and features.", "spate cluster info"), async call =>
    {
        var admin = call.Client.Admin;
        var cluster = await admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation);
        call.Answered();
        var topics = await admin.Topics.ListAsync(includeInternal: true, call.Cancellation);
        var features = await admin.Cluster.DescribeFeaturesAsync(cancellationToken: call.Cancellation);
        var head = Listing.Record(
            "cluster",
            (new Column("id"), cluster.ClusterId),
            (new Column("controller"), cluster.ControllerId),
            (new Column("brokers"), cluster.Brokers.Count),
            (new Column("topics"), topics.Count(static topic => !topic.IsInternal)),
            (new Column("internalTopics"), topics.Count(static topic => topic.IsInternal)));
        var levels = new Listing("features", new Column("feature"), new Column("level"), new Column("lowestSupported"), new Column("highestSupported"));
        foreach (var (feature, supported) in features.Supported.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            levels.Add(feature, features.Finalized.TryGetValue(feature, out var finalized) ? finalized.Highest : (short)0, supported.Lowest, supported.Highest);
        }

        call.Show(head, levels);
    });

    private static Verb Brokers(ClusterVerbs verbs) => verbs.Asking(new Verb("brokers", "List brokers and where clients reach them.", "spate cluster brokers"), async call =>
    {
        var cluster = await call.Client.Admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation);
        var listing = new Listing("brokers", new Column("broker"), new Column("host"), new Column("port"), new Column("rack"), new Column("controller"));
        foreach (var broker in cluster.Brokers)
        {
            listing.Add(broker.Id, broker.Address.Host, broker.Address.Port, broker.Rack, broker.Id == cluster.ControllerId);
        }

        call.Show(listing);
    });
}
