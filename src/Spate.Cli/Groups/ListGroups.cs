using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Client.Administration;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups list</c>.</summary>
internal static class ListGroups
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var states = Words.Option<GroupState>("--state", "Only groups in this state");
        var types = Words.Option<GroupType>("--type", "Only groups of this kind");
        return verbs.Asking(new Verb("list", "List groups of every kind.", "spate groups list", "spate groups list --state empty") { states, types }, async call =>
        {
            var options = new ListGroupsOptions { States = call.Get(states) ?? [], Types = call.Get(types) ?? [] };
            var listed = await call.Client.Admin.Groups.ListAsync(options, call.Cancellation);
            var listing = new Listing("groups", new Column("group"), new Column("type"), new Column("state"), new Column("protocolType"));
            foreach (var group in listed.Items)
            {
                listing.Add(group.GroupId, group.Type.ToString().ToLowerInvariant(), group.State.ToString().ToLowerInvariant(), group.ProtocolType);
            }

            foreach (var (broker, failure) in listed.Failures)
            {
                call.Say($"the groups of broker {broker} are missing: {failure.Message}");
            }

            call.Show(listing);
        });
    }
}
