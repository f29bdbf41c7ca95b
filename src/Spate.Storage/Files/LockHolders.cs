using System.Globalization;

namespace Spate.Storage.Files;

/// <summary>Finds who holds the lock of a file, by what the kernel of Linux tells in files: who has locks at all, and which of those has the file open.</summary>
/// <param name="root">Where the kernel tells it: <c>/proc</c>, or what a test has put in its place.</param>
internal sealed class LockHolders(string root)
{
    /// <summary>Fields of a line such as <c>3: FLOCK ADVISORY WRITE 4711 fe:01:1234 0 EOF</c>.</summary>
    private const int ProcessField = 4;

    public static LockHolders OfMachine { get; } = new("/proc");

    /// <returns>The process, and what it is called; null when nobody tells, as for a process that belongs to another user.</returns>
    public (int Process, string Name)? Find(string path)
    {
        foreach (var process in Holders())
        {
            if (HasOpen(process, path))
            {
                return (process, Read($"{process}/comm")?.Trim() is { Length: > 0 } name ? name : "unknown");
            }
        }

        return null;
    }

    private IEnumerable<int> Holders() => (Read("locks") ?? "").Split('\n')
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))

        // A line with an arrow is of one that waits.
        .Where(static fields => fields.Length > ProcessField && fields[1] != "->")
        .Select(static fields => int.TryParse(fields[ProcessField], NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : 0)
        .Where(static process => process > 0)
        .Distinct();

    private bool HasOpen(int process, string path)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(root, process.ToString(CultureInfo.InvariantCulture), "fd")).Any(file => new FileInfo(file).LinkTarget == path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or belongs to somebody else.
            return false;
        }
    }

    private string? Read(string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
