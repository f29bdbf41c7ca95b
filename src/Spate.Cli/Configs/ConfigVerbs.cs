using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Client.Administration;

namespace Spate.Cli.Configs;

/// <summary><c>spate configs</c>.</summary>
internal static class ConfigVerbs
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "configs", "See and change settings of topics, brokers, loggers, groups and subscriptions to clients' metrics.", List(verbs), Describe(verbs), Alter(verbs));

    private static Verb List(ClusterVerbs verbs) => verbs.Asking(new Verb("list", "List what has settings.", "spate configs list"), async call =>
    {
        var listing = new Listing("resources", new Column("type"), new Column("name"));
        foreach (var resource in await call.Client.Admin.Configs.ListResourcesAsync([], call.Cancellation))
        {
            listing.Add(resource.Type.ToString().ToLowerInvariant(), resource.Name);
        }

        call.Show(listing);
    });

    private static Verb Describe(ClusterVerbs verbs)
    {
        var resources = new ResourceOptions();
        var all = new Option<bool>("--all") { Description = "Those too that nobody has set." };
        var documentation = new Option<bool>("--documentation") { Description = "With what each is for." };
        var verb = resources.AddTo(new Verb("describe", "Show settings, and where each comes from. Those that nobody has set are left out.", "spate configs describe --topic orders --all", "spate configs describe --broker 1")
        {
            all, documentation,
        });
        return verbs.Asking(verb, async call =>
        {
            var resource = await resources.FindAsync(call);
            var options = new DescribeConfigsOptions { IncludeDocumentation = call.Get(documentation) };
            var settings = (await call.Client.Admin.Configs.DescribeAsync([resource], options, call.Cancellation))[resource].Value;
            var listing = ConfigListing.New(withDocumentation: call.Get(documentation));
            foreach (var entry in settings.Values.Where(entry => call.Get(all) || entry.Source != ConfigEntrySource.Default).OrderBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                ConfigListing.Add(listing, resource, entry);
            }

            call.Show(listing);
        });
    }

    private static Verb Alter(ClusterVerbs verbs)
    {
        var resources = new ResourceOptions();
        var changes = new ChangeOptions();
        var verb = changes.AddTo(resources.AddTo(new Verb("alter", "Change settings while brokers run. What is not named stays as it is.", "spate configs alter --topic orders --set retention.ms=604800000", "spate configs alter --brokers --set log.cleaner.threads=2 --dry-run")));
        return verbs.Asking(verb, async call => await changes.ApplyAsync(call, await resources.FindAsync(call)));
    }
}
