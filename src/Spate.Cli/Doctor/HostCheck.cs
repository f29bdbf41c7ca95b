using System.Globalization;
using System.Text.RegularExpressions;

namespace Spate.Cli.Doctor;

/// <summary>How this machine is set up for a broker: file limits, memory, swapping, huge pages. Linux tells; elsewhere nothing is looked at.</summary>
internal sealed partial class HostCheck(HostFiles files, Diagnosis diagnosis)
{
    /// <summary>A broker has some files open for each segment, and one for each connection.</summary>
    private const long OpenFilesMin = 100_000;

    private const int SwappinessMax = 10;

    /// <summary>A little goes out of every process that is seldom used.</summary>
    private const long SwappedMaxKibibytes = 64 * 1024;

    private const double PressureMax = 10;

    /// <summary>Of all memory, what must be left for the page cache.</summary>
    private const double AvailableMin = 0.1;

    public void Run()
    {
        LookAtOpenFiles();
        LookAtMemory();
        LookAtSwapping();
        LookAtHugePages();
        diagnosis.Looked("file limits, memory, swapping and huge pages of this machine");
    }

    /// <summary>The limit of the brokers that run here counts; that of this program is told only where they cannot be looked at.</summary>
    private void LookAtOpenFiles()
    {
        var brokers = BrokerProcesses.Of(files).Select(id => (Who: $"the broker, process {id},", Limit: OpenFilesOf($"/proc/{id}/limits"))).Where(static each => each.Limit is not null).ToList();
        foreach (var (who, limit) in brokers.Count > 0 ? brokers : [("a program started from here", OpenFilesOf("/proc/self/limits"))])
        {
            if (limit < OpenFilesMin)
            {
                diagnosis.Add(
                    Severity.Warning, "open files", $"{who} may open {limit} files",
                    "A broker keeps some open for each segment and one for each connection; when there are no more it refuses clients and may stop.",
                    $"ulimit -n {OpenFilesMin}   # in the shell that starts it; LimitNOFILE={OpenFilesMin} in its systemd unit");
            }
        }
    }

    private long? OpenFilesOf(string path) =>
        files.Read(path) is { } limits && OpenFiles().Match(limits) is { Success: true } match && long.TryParse(match.Groups["soft"].Value, CultureInfo.InvariantCulture, out var soft) ? soft : null;

    private void LookAtMemory()
    {
        var memory = files.Read("/proc/meminfo") ?? "";
        if (Figure(memory, "MemTotal") is { } total and > 0 && Figure(memory, "MemAvailable") is { } available && available < total * AvailableMin)
        {
            diagnosis.Add(
                Severity.Warning, "memory", string.Create(CultureInfo.InvariantCulture, $"{available / 1024} MiB of {total / 1024} MiB are available"),
                "Records that are read soon after they were written come from the page cache; without room for it every read goes to the disk.", "ps aux --sort=-rss | head   # what takes it; move that elsewhere, or add memory");
        }

        if (files.Read("/proc/pressure/memory") is { } pressure && SomeAverage().Match(pressure) is { Success: true } match
            && double.TryParse(match.Groups["share"].Value, CultureInfo.InvariantCulture, out var share) && share > PressureMax)
        {
            diagnosis.Add(
                Severity.Warning, "page cache", string.Create(CultureInfo.InvariantCulture, $"programs waited for memory {share:0.#} % of the last minute"),
                "The page cache is being squeezed out and filled again; writes and reads stall.", "cat /proc/pressure/memory   # then give the machine more memory or less work");
        }
    }

    private void LookAtSwapping()
    {
        foreach (var id in BrokerProcesses.Of(files))
        {
            if (Figure(files.Read($"/proc/{id}/status") ?? "", "VmSwap") is { } swapped and > SwappedMaxKibibytes)
            {
                diagnosis.Add(
                    Severity.Warning, "swap", $"{swapped / 1024} MiB of the broker, process {id}, are swapped out",
                    "What the broker needs of it must come back from the disk first, and clients wait meanwhile.", "sudo sysctl vm.swappiness=1   # then restart the broker, and see that the machine has memory enough");
            }
        }

        if (Figure(files.Read("/proc/meminfo") ?? "", "SwapTotal") is > 0 && int.TryParse(files.Read("/proc/sys/vm/swappiness"), CultureInfo.InvariantCulture, out var swappiness) && swappiness > SwappinessMax)
        {
            diagnosis.Add(
                Severity.Warning, "swappiness", $"vm.swappiness is {swappiness}, and there is swap",
                "The kernel swaps the broker's own memory out to keep more of the page cache, and the broker stalls when it comes back.", "sudo sysctl vm.swappiness=1   # and the same line in /etc/sysctl.d to keep it");
        }
    }

    private void LookAtHugePages()
    {
        if (files.Read("/sys/kernel/mm/transparent_hugepage/enabled")?.Contains("[always]", StringComparison.Ordinal) is true)
        {
            diagnosis.Add(
                Severity.Note, "huge pages", "transparent huge pages are always on",
                "The kernel stops programs now and then to put pages together, which shows in the slowest requests.", "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
        }
    }

    private static long? Figure(string memory, string name)
    {
        var line = memory.Split('\n').FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes : null;
    }

    [GeneratedRegex(@"^Max open files\s+(?<soft>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OpenFiles();

    [GeneratedRegex(@"^some .*avg60=(?<share>[0-9.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SomeAverage();
}
