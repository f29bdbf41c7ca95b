using System.CommandLine;
using Spate.Broker.Configuration;

namespace Spate.Cli;

/// <summary><c>spate settings</c>: prints every setting with its type, default, values and meaning, as Markdown.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var command = new Command("settings", "Print all settings, what they mean and how they change, as Markdown.");
        command.SetAction(_ =>
        {
            Console.Out.Write(SettingsPage.Write());
            return ExitCode.Success;
        });
        return command;
    }
}
