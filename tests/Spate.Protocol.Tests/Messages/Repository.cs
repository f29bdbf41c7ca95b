namespace Spate.Protocol.Tests.Messages;

/// <summary>Where the files of the repository, and those that may stand beside it, are found from a test's own folder.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Schemas => Path.Combine(Root, "src", "Spate.Protocol", "Schemas");

    /// <summary>A folder beside the repository; null when it is not there.</summary>
    public static string? Shared(params string[] path)
    {
        var folder = Path.Combine([Root, "..", "shared", .. path]);
        return Directory.Exists(folder) ? folder : null;
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Spate.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests do not lie inside the repository.");
    }
}
