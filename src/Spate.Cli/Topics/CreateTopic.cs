using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol.Errors;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics create</c>.</summary>
internal static class CreateTopic
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = TopicVerbs.Topic();
        var partitions = new Option<int?>("--partitions", "-p") { Description = "How many partitions. Default: the broker's num.partitions.", HelpName = "number" };
        var replicas = new Option<short?>("--replicas", "-r") { Description = "Replicas of each partition. Default: the broker's default.replication.factor.", HelpName = "number" };
        var set = Assignments.Option("--set", "A setting of the topic, such as cleanup.policy=compact. May be given many times.");
        var ifMissing = new Option<bool>("--if-missing") { Description = "A topic of the name that is there already is fine." };
        var dryRun = TopicVerbs.DryRun();
        var verb = new Verb("create", "Create a topic.", "spate topics create payments --partitions 6 --set retention.ms=86400000", "spate topics create orders --if-missing")
        {
            name, partitions, replicas, set, ifMissing, dryRun,
        };
        return verbs.Asking(verb, async call =>
        {
            var topic = new NewTopic(call.Get(name))
            {
                Partitions = call.Get(partitions),
                ReplicationFactor = call.Get(replicas),
                Configs = Assignments.Split(call.Get(set)).GroupBy(static pair => pair.Name, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Last().Value, StringComparer.Ordinal),
            };
            await call.Client.Admin.Cluster.DescribeAsync(cancellationToken: call.Cancellation);
            AdminResult<CreatedTopic> result;
            await using (var work = new LongWork(call, $"creating topic '{topic.Name}'{(topic.Partitions is { } count ? $" with {Wording.Count(count, "partition")}" : "")}"))
            {
                result = (await work.Admin.Topics.CreateAsync([topic], call.Get(dryRun), call.Cancellation))[topic.Name];
            }

            if (call.Get(ifMissing) && result.Error?.ErrorCode == ErrorCode.TopicAlreadyExists)
            {
                call.Say($"topic '{topic.Name}' is there already, and stays as it is.");
                return;
            }

            var created = result.Value;
            call.Show(Listing.Record(
                "topic",
                (new Column("topic"), topic.Name),
                (new Column("id"), call.Get(dryRun) ? null : created.Id.ToString()),
                (new Column("partitions"), created.Partitions),
                (new Column("replicationFactor"), created.ReplicationFactor),
                (new Column("created"), !call.Get(dryRun))));
        });
    }
}
