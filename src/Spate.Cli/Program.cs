using System.CommandLine;
using Spate.Cli;
using Spate.Cli.Start;

var root = new RootCommand("Spate, an event streaming platform that speaks the Apache Kafka protocol.")
{
    StartCommand.Create(),
    SettingsCommand.Create(),
};
var parsed = root.Parse(args);
foreach (var error in parsed.Errors)
{
    await Console.Error.WriteLineAsync($"spate: {error.Message} 'spate --help' shows what there is.");
}

return parsed.Errors.Count > 0 ? ExitCode.Usage : await parsed.InvokeAsync();
