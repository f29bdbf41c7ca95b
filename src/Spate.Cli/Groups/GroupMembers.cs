using Spate.Cli.Grammar;
using Spate.Cli.Output;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups members</c>.</summary>
internal static class GroupMembers
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = GroupVerbs.Group();
        return verbs.Asking(new Verb("members", "Show the members of a group and what each of them reads.", "spate groups members billing") { name }, async call =>
        {
            var members = new Listing(
                "members", new Column("member"), new Column("instance"), new Column("clientId"), new Column("host"), new Column("epoch"), new Column("topics"), new Column("assignment"));
            foreach (var member in (await GroupLookup.DescribeAsync(call, [call.Get(name)]))[0].Members)
            {
                members.Add(
                    member.MemberId, member.InstanceId, member.ClientId, member.Host, member.Epoch, member.Topics, member.Assignment.Select(static partition => partition.ToString()).ToList());
            }

            call.Show(members);
        });
    }
}
