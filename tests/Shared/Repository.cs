namespace Spate;

/// <summary>Where the files of the repository, and those that may lie beside it, are found from a test's own folder. Linked into the test projects that read some.</summary>
internal static class Repository
{
    /// <summary>The folder of the whole.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of it.</summary>
    public static string PathOf(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>A file or folder beside it; null when it is not there.</summary>
    public static string? Shared(params string[] path)
    {
        var found = Path.GetFullPath(Path.Combine([Root, "..", "shared", .. path]));
        return Path.Exists(found) ? found : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Spate.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Spate.slnx above {AppContext.BaseDirectory}: the tests do not lie inside the repository.");
    }
}
