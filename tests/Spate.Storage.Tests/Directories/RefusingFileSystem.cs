using Spate.Storage.Files;

namespace Spate.Storage.Tests.Directories;

/// <summary>The disks of this machine, but for the paths that it is told to refuse: everything there fails as a broken disk does.</summary>
internal sealed class RefusingFileSystem : IFileSystem
{
    private readonly IFileSystem _files = PhysicalFileSystem.Instance;

    public Predicate<string> Refuses { get; set; } = _ => false;

    /// <summary>Every path that was touched, in order.</summary>
    public List<string> Touched { get; } = [];

    public IStorageFile Open(string path, FileOpening opening) => _files.Open(Checked(path), opening);

    public bool FileExists(string path) => _files.FileExists(Checked(path));

    public long FileLength(string path) => new FileInfo(Checked(path)).Length;

    public DateTimeOffset LastWriteTime(string path) => new(File.GetLastWriteTimeUtc(Checked(path)), TimeSpan.Zero);

    public bool DirectoryExists(string path) => _files.DirectoryExists(Checked(path));

    public void CreateDirectory(string path) => _files.CreateDirectory(Checked(path));

    public void DeleteFile(string path) => _files.DeleteFile(Checked(path));

    public void DeleteDirectory(string path) => _files.DeleteDirectory(Checked(path));

    public void MoveFile(string source, string destination) => _files.MoveFile(Checked(source), Checked(destination));

    public void MoveDirectory(string source, string destination) => _files.MoveDirectory(Checked(source), Checked(destination));

    public IReadOnlyList<string> ListFiles(string directory) => _files.ListFiles(Checked(directory));

    public IReadOnlyList<string> ListDirectories(string directory) => _files.ListDirectories(Checked(directory));

    public VolumeSpace SpaceOf(string path) => _files.SpaceOf(Checked(path));

    public void FlushDirectory(string path) => _files.FlushDirectory(Checked(path));

    public IDisposable? TryLock(string path) => _files.TryLock(Checked(path));

    private string Checked(string path)
    {
        lock (Touched)
        {
            Touched.Add(path);
        }

        return Refuses(path) ? throw new IOException($"The disk refuses '{path}'.") : path;
    }
}
