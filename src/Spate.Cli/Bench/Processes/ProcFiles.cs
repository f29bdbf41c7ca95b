using System.Globalization;

namespace Spate.Cli.Bench.Processes;

/// <summary>What the kernel of Linux tells of processes in files. What may not be read counts as not there: processes come and go, and belong to others.</summary>
/// <param name="root">Where the files are: <c>/proc</c>, or what a test has put in its place.</param>
internal sealed class ProcFiles(string root)
{
    public static ProcFiles OfMachine { get; } = new("/proc");

    /// <summary>Whether there are such files at all.</summary>
    public bool AreThere => Directory.Exists(Path.Combine(root, "self"));

    /// <summary>The processes, by their ids.</summary>
    public IEnumerable<int> Processes => Names("")
        .Select(static name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(static id => id > 0)
        .Order();

    /// <summary>What is in a file; null when it cannot be read.</summary>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a process has open, in the kernel's words, such as <c>socket:[4711]</c>.</summary>
    public IEnumerable<string> OpenFiles(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"{process}/fd");
        return Names(folder).Select(name => LinkTarget(Path.Combine(root, folder, name))).OfType<string>();
    }

    private IEnumerable<string> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(root, folder)).Select(static path => Path.GetFileName(path))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
