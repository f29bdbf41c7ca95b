using System.Globalization;

namespace Spate.Cli.Doctor;

/// <summary>Files by which the kernel tells of the machine. Tests put their own in.</summary>
/// <param name="Read">What is in a file, without blanks around it; null when there is none, or it may not be read.</param>
internal sealed record HostFiles(Func<string, string?> Read)
{
    /// <summary>The ids of the processes that run on the machine; none, the default, when nobody tells.</summary>
    public Func<IReadOnlyList<int>> Processes { get; init; } = static () => [];

    public static HostFiles OfMachine { get; } = new(static path =>
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    })
    {
        Processes = static () => Directory.Exists("/proc")
            ? [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(static name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture)).Order()]
            : [],
    };
}
