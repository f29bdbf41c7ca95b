namespace Spate.Cli.Doctor;

/// <summary>Finds brokers among the processes of this machine, ours and Kafka's, by what they were started with.</summary>
internal static class BrokerProcesses
{
    private static readonly string[] Programs = ["spate", "spate.dll", "Spate.Cli.dll"];

    public static IReadOnlyList<int> Of(HostFiles files) => [.. files.Processes().Where(id => IsBroker(files.Read($"/proc/{id}/cmdline")))];

    private static bool IsBroker(string? commandLine)
    {
        // The words end with zeros.
        var words = commandLine?.Split('\0') ?? [];
        var program = Array.FindIndex(words, static word => Programs.Contains(Path.GetFileName(word)));
        return words.Contains("kafka.Kafka") || (program >= 0 && program + 1 < words.Length && words[program + 1] == "start");
    }
}
