using System.CommandLine;
using Spate.Cli.Grammar;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics</c>.</summary>
internal static class TopicVerbs
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "topics",
        "Look after topics.",
        ListTopics.Create(verbs),
        DescribeTopics.Create(verbs),
        CreateTopic.Create(verbs),
        AlterTopic.Create(verbs),
        AddPartitions.Create(verbs),
        TrimTopic.Create(verbs),
        DeleteTopics.Create(verbs));

    public static Argument<string> Topic() => new("topic") { Description = "The topic's name." };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Have the cluster check it, and change nothing." };

    public static Option<int[]> Partitions() => new("--partition", "-p") { Description = "This partition only. May be given many times.", HelpName = "number" };
}
