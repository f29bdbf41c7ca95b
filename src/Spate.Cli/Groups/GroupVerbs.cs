using System.CommandLine;
using Spate.Cli.Grammar;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups</c>.</summary>
internal static class GroupVerbs
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "groups",
        "Look after groups of consumers and how far they have read.",
        ListGroups.Create(verbs),
        DescribeGroups.Create(verbs),
        GroupMembers.Create(verbs),
        ResetOffsets.Create(verbs),
        DeleteGroups.Create(verbs));

    public static Argument<string> Group() => new("group") { Description = "The group's name." };

    public static Argument<string[]> Groups() => new("group") { Description = "The groups.", Arity = ArgumentArity.OneOrMore };
}
