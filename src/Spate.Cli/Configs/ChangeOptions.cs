using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Running;
using Spate.Client.Administration;

namespace Spate.Cli.Configs;

/// <summary>The options by which settings are changed, wherever that is done.</summary>
internal sealed class ChangeOptions
{
    private readonly Option<string[]> _set = Assignments.Option("--set", "Give a setting this value. May be given many times.");
    private readonly Option<string[]> _reset = new("--reset") { Description = "Give a setting its default back. May be given many times.", HelpName = "key" };
    private readonly Option<string[]> _append = Assignments.Option("--append", "Add to a setting that is a list. May be given many times.");
    private readonly Option<string[]> _subtract = Assignments.Option("--subtract", "Take from a setting that is a list. May be given many times.");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Have the cluster check it, and change nothing." };

    public Verb AddTo(Verb verb)
    {
        verb.Add(_set);
        verb.Add(_reset);
        verb.Add(_append);
        verb.Add(_subtract);
        verb.Add(_dryRun);
        verb.Validators.Add(result =>
        {
            if (!new Option[] { _set, _reset, _append, _subtract }.Any(option => result.GetResult(option) is not null))
            {
                result.AddError("Nothing is said to be changed; give --set key=value, --reset key, --append key=value or --subtract key=value.");
            }
        });
        return verb;
    }

    /// <summary>Makes the changes and shows how the settings stand afterwards.</summary>
    public async Task ApplyAsync(ClusterCall call, ConfigResource resource)
    {
        List<ConfigChange> changes =
        [
            .. Assignments.Split(call.Get(_set)).Select(static pair => ConfigChange.Set(pair.Name, pair.Value)),
            .. (call.Get(_reset) ?? []).Select(ConfigChange.Reset),
            .. Assignments.Split(call.Get(_append)).Select(static pair => ConfigChange.Append(pair.Name, pair.Value)),
            .. Assignments.Split(call.Get(_subtract)).Select(static pair => ConfigChange.Subtract(pair.Name, pair.Value)),
        ];
        var isDry = call.Get(_dryRun);
        var results = await call.Client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [resource] = changes }, isDry, call.Cancellation);
        results.ThrowIfAnyFailed();
        if (isDry)
        {
            call.Say("the cluster would take it; nothing was changed.");
        }

        var described = await call.Client.Admin.Configs.DescribeAsync([resource], cancellationToken: call.Cancellation);
        var settings = described[resource].Value;
        var listing = ConfigListing.New();
        foreach (var name in changes.Select(static change => change.Name).Distinct(StringComparer.Ordinal).Where(settings.ContainsKey))
        {
            ConfigListing.Add(listing, resource, settings[name]);
        }

        call.Show(listing);
    }
}
