using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Client.Administration;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups members</c>.</summary>
internal static class GroupMembers
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = GroupVerbs.Group();
        return verbs.Asking(new Verb("members", "Show the members of a group and what each of them reads; of a streams application, its tasks.", "spate groups members billing") { name }, async call =>
        {
            var group = (await GroupLookup.DescribeAsync(call, [call.Get(name)]))[0];
            call.Show(group.Type == GroupType.Streams ? Tasks(group) : Assignments(group));
        });
    }

    private static Listing Assignments(GroupDescription group)
    {
        var members = new Listing(
            "members", new Column("member"), new Column("instance"), new Column("clientId"), new Column("host"), new Column("epoch"), new Column("topics"), new Column("assignment"));
        foreach (var member in group.Members)
        {
            members.Add(
                member.MemberId, member.InstanceId, member.ClientId, member.Host, member.Epoch, member.Topics, member.Assignment.Select(static partition => partition.ToString()).ToList());
        }

        return members;
    }

    private static Listing Tasks(GroupDescription group)
    {
        var members = new Listing(
            "members", new Column("member"), new Column("instance"), new Column("clientId"), new Column("host"), new Column("epoch"), new Column("active"), new Column("standby"), new Column("warmup"));
        foreach (var member in group.Members)
        {
            members.Add(
                member.MemberId, member.InstanceId, member.ClientId, member.Host, member.Epoch, Names(member.Tasks?.Active), Names(member.Tasks?.Standby), Names(member.Tasks?.Warmup));
        }

        return members;
    }

    private static List<string> Names(IReadOnlyList<StreamsTask>? tasks) => [.. (tasks ?? []).Select(static task => task.ToString())];
}
