using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Client.Administration;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups describe</c>.</summary>
internal static class DescribeGroups
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var names = GroupVerbs.Groups();
        return verbs.Asking(new Verb("describe", "Show how groups of any kind stand, how far they have read, and how much is left (lag).", "spate groups describe billing") { names }, async call =>
        {
            var groups = new Listing(
                "groups", new Column("group"), new Column("type"), new Column("state"), new Column("assignor"), new Column("coordinator"), new Column("members"), new Column("epoch"), new Column("lag"));
            var offsets = new Listing(
                "offsets", new Column("group"), new Column("topic"), new Column("partition"), new Column("offset"), new Column("end"), new Column("lag"), new Column("member"), new Column("clientId"), new Column("host"));
            foreach (var group in await GroupLookup.DescribeAsync(call, call.Get(names)))
            {
                var progress = await GroupProgress.OfAsync(call, group);
                groups.Add(
                    group.GroupId, group.Type.ToString().ToLowerInvariant(), group.State.ToString().ToLowerInvariant(), group.Assignor, group.Coordinator, group.Members.Count, group.Epoch, progress.Sum(static each => each.Lag ?? 0));
                foreach (var each in progress)
                {
                    var members = group.Members.Where(member => member.Assignment.Contains(each.Partition)).ToList();
                    offsets.Add(
                        group.GroupId, each.Partition.Topic, each.Partition.Partition, each.Offset, each.End, each.Lag, Told(members, static member => member.MemberId), Told(members, static member => member.ClientId), Told(members, static member => member.Host));
                }
            }

            call.Show(groups, offsets);
        });
    }

    /// <summary>What there is to tell of those who read a partition: in a share group that may be many.</summary>
    private static string Told(List<GroupMemberDescription> members, Func<GroupMemberDescription, string> what) => string.Join(", ", members.Select(what).Distinct(StringComparer.Ordinal));
}
