using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups delete</c>.</summary>
internal static class DeleteGroups
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var names = GroupVerbs.Groups();
        var dryRun = new Option<bool>("--dry-run") { Description = "See that they are there and empty, and delete nothing." };
        return verbs.Asking(new Verb("delete", "Delete groups without members, with their offsets.", "spate groups delete billing --dry-run") { names, dryRun }, async call =>
        {
            var groups = await GroupLookup.DescribeAsync(call, call.Get(names));
            if (groups.FirstOrDefault(static group => group.Members.Count > 0) is { } busy)
            {
                throw new CommandException($"Group '{busy.GroupId}' has {busy.Members.Count} members; stop them first. 'spate groups members {busy.GroupId}' shows where they are.");
            }

            if (!call.Get(dryRun))
            {
                (await call.Client.Admin.Groups.DeleteAsync([.. groups.Select(static group => group.GroupId)], call.Cancellation)).ThrowIfAnyFailed();
            }

            var listing = new Listing("groups", new Column("group"), new Column("type"), new Column("deleted"));
            foreach (var group in groups)
            {
                listing.Add(group.GroupId, group.Type.ToString().ToLowerInvariant(), !call.Get(dryRun));
            }

            call.Show(listing);
            if (groups.SelectMany(GroupLookup.OwnTopics).ToList() is { Count: > 0 } own)
            {
                call.Say($"topics that streams applications have made for themselves stay; 'spate topics delete {string.Join(' ', own)}' deletes them.");
            }
        });
    }
}
