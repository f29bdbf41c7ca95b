namespace Spate.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Read(params string[] path) => File.ReadAllText(Repository.PathOf(path));

    /// <summary>Project files by project name, below <paramref name="folder"/>.</summary>
    public static IReadOnlyDictionary<string, string> Projects(string folder) =>
        Directory.GetFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => path, StringComparer.Ordinal);
}
