using System.Collections;
using System.CommandLine;
using Spate.Broker.Configuration;
using Spate.Cli.Grammar;

namespace Spate.Cli.Start;

/// <summary><c>spate start</c>: runs a broker until it is told to stop.</summary>
internal static class StartCommand
{
    public static Command Create(ClusterVerbs verbs)
    {
        var config = new Option<string?>("--config")
        {
            Description = "A file of settings, as Kafka's server.properties.",
            HelpName = "file",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting; wins over the environment (SPATE_LOG_DIRS, KAFKA_LOG_DIRS), which wins over the file. May be given many times.",
            HelpName = "key=value",
        };

        // Kafka's own start script takes the file without a name before it, and whoever comes from there does so too.
        var file = new Argument<string[]>("file") { Hidden = true, Arity = ArgumentArity.ZeroOrMore };
        file.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                result.AddError($"'{token.Value}' stands alone; a file of settings is given as --config {token.Value}, one setting as --set key=value.");
            }
        });
        var command = new Verb(
            "start",
            "Start a broker on this machine, and stop it in good order on Ctrl-C. 'spate settings' tells what can be set.",
            "spate start --set log.dirs=spate-data --set listeners=PLAINTEXT://127.0.0.1:9092",
            "spate start --config server.properties --set log.retention.hours=24")
        {
            config,
            set,
            file,
        };
        verbs.Suggest.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(result.GetValue(config), result.GetValue(set) ?? [], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? configFile, string[] assignments, CancellationToken cancellation)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        var unreadable = new List<string>();
        if (configFile is not null)
        {
            try
            {
                reader.AddProperties(await File.ReadAllTextAsync(configFile, cancellation), configFile);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                unreadable.Add($"the settings in '{configFile}' cannot be read: {failure.Message}");
            }
        }

        reader.AddEnvironment(Variables());
        foreach (var assignment in assignments)
        {
            reader.AddAssignment(assignment);
        }

        // All that is wrong is told at once, what shows only when settings are seen together too.
        List<string> faults = [.. unreadable, .. reader.Faults];
        var settings = BrokerSettings.TryCreate(reader.BuildWithoutFaulty(), faults);
        if (settings is null || faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync($"spate: {fault}");
            }

            return ExitCode.Usage;
        }

        return await BrokerProcess.RunAsync(settings, [.. reader.Warnings, .. settings.Warnings]);
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? ""));
}
