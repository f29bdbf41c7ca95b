using System.CommandLine;
using Spate.Broker.Configuration;

namespace Spate.Cli.Start;

/// <summary><c>spate start</c>: runs a broker until it is told to stop.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = "A file of settings, key=value on each line, as Kafka's server.properties.",
            HelpName = "file",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting; wins over the file. May be given many times.",
            HelpName = "key=value",
        };
        var command = new Command(
            "start",
            "Start a broker on this machine. Example: spate start --set log.dirs=/var/lib/spate --set listeners=PLAINTEXT://0.0.0.0:9092")
        {
            config,
            set,
        };
        command.SetAction((result, cancellation) => RunAsync(result.GetValue(config), result.GetValue(set) ?? [], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? configFile, string[] assignments, CancellationToken cancellation)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        if (configFile is not null)
        {
            try
            {
                reader.AddProperties(await File.ReadAllTextAsync(configFile, cancellation), configFile);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"spate: the settings in '{configFile}' cannot be read: {failure.Message}");
                return ExitCode.Usage;
            }
        }

        foreach (var assignment in assignments)
        {
            reader.AddAssignment(assignment);
        }

        var faults = new List<string>(reader.Faults);
        var settings = faults.Count == 0 ? BrokerSettings.TryCreate(reader.Build(), faults) : null;
        if (settings is null)
        {
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync($"spate: {fault}");
            }

            return ExitCode.Usage;
        }

        return await BrokerProcess.RunAsync(settings, reader.Warnings);
    }
}
