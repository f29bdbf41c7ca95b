using System.CommandLine;
using System.Text;
using Spate.Broker.Configuration;
using Spate.Cli.Grammar;
using Spate.Cli.Running;

namespace Spate.Cli;

/// <summary><c>spate settings</c>: prints every setting with its type, default, values and meaning, as Markdown.</summary>
internal static class SettingsCommand
{
    public static Command Create(ClusterVerbs verbs)
    {
        var verb = new Verb("settings", "Print all settings, what they mean and how they change, as Markdown.", "spate settings | grep retention");
        verb.SetAction((_, cancellation) => Failures.CatchAsync(
            verbs.Surroundings,
            () =>
            {
                verbs.Surroundings.Output.Write(Encoding.UTF8.GetBytes(SettingsPage.Write()));
                return Task.FromResult(ExitCode.Success);
            },
            cancellation));
        return verb;
    }
}
