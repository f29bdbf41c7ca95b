using Spate.Storage.Files;

namespace Spate.Storage.Tests.Checkpoints;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("spate-storage-").FullName;

    public IFileSystem Files => PhysicalFileSystem.Instance;

    public string PathOf(string name) => Path.Combine(Root, name);

    public string[] Names => [.. Directory.GetFileSystemEntries(Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
