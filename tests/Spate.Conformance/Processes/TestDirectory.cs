namespace Spate.Conformance.Processes;

/// <summary>A directory of one test's own, removed with everything in it at the end.</summary>
/// <param name="inMemory">
/// Whether it should lie in memory, where the system has a place for that: for tests of so many files that a disk would be most of what they
/// wait for, and that ask nothing about the disk.
/// </param>
internal sealed class TestDirectory(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"spate-conformance-{Guid.NewGuid():n}")).FullName
        : Directory.CreateTempSubdirectory("spate-conformance-").FullName;

    public string this[params string[] names] => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
