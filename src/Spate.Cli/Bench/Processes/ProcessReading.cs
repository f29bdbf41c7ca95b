using System.Globalization;

namespace Spate.Cli.Bench.Processes;

/// <summary>What a process has used at one moment.</summary>
/// <param name="Processor">Processor time of all its threads since it began, its own and the kernel's for it.</param>
/// <param name="ResidentBytes">The memory that it has now.</param>
internal readonly record struct ProcessReading(TimeSpan Processor, long ResidentBytes)
{
    /// <summary>Linux tells processor time in hundredths of a second, whatever the kernel itself counts in.</summary>
    private const int TicksOfSecond = 100;

    private const int BytesOfKibibyte = 1024;

    /// <summary>Fields behind the name, which is in brackets and may have blanks in it.</summary>
    private const int UserTimeField = 11;

    private const int SystemTimeField = 12;

    /// <summary>Reads it; null when the process is gone.</summary>
    public static ProcessReading? Of(ProcFiles files, int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"{process}/");
        var (times, status) = (files.Read($"{folder}stat"), files.Read($"{folder}status"));
        if (times is null || status is null)
        {
            return null;
        }

        var fields = times[(times.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var resident = status.Split('\n').FirstOrDefault(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))?.Split(' ', '\t').FirstOrDefault(static word => word.Length > 0 && char.IsAsciiDigit(word[0]));
        return fields.Length <= SystemTimeField
            ? null
            : new ProcessReading(
                TimeSpan.FromSeconds((Number(fields[UserTimeField]) + Number(fields[SystemTimeField])) / (double)TicksOfSecond),
                resident is null ? 0 : Number(resident) * BytesOfKibibyte);
    }

    /// <summary>Of this process, more exactly.</summary>
    public static ProcessReading OfOwn() => new(Environment.CpuUsage.TotalTime, Environment.WorkingSet);

    private static long Number(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
