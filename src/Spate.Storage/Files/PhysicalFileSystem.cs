using System.Runtime.InteropServices;

namespace Spate.Storage.Files;

/// <summary>The disks of this machine.</summary>
public sealed partial class PhysicalFileSystem : IFileSystem
{
    private const int OpenReadOnly = 0;

    private PhysicalFileSystem()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static PhysicalFileSystem Instance { get; } = new();

    public IStorageFile Open(string path, FileOpening opening) => new PhysicalFile(path, opening);

    public bool FileExists(string path) => File.Exists(path);

    public long FileLength(string path) => new FileInfo(path).Length;

    public DateTimeOffset LastWriteTime(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc) : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The directory is gone, and the file with it: that is what was asked for.
        }
    }

    public void DeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already: that is what was asked for.
        }
    }

    public void MoveFile(string source, string destination) => File.Move(source, destination, overwrite: true);

    public void MoveDirectory(string source, string destination) => Directory.Move(source, destination);

    public IReadOnlyList<string> ListFiles(string directory) => Directory.GetFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Directory.GetDirectories(directory);

    public VolumeSpace SpaceOf(string path)
    {
        var volume = new DriveInfo(path);
        return new VolumeSpace(volume.TotalSize, volume.AvailableFreeSpace);
    }

    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS keeps names durable by its own journal and cannot flush a directory.
        }

        // The framework refuses to open a directory as a file, so the three calls are made directly.
        var descriptor = OpenDirectory(path, OpenReadOnly);
        if (descriptor < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            if (FlushDescriptor(descriptor) != 0)
            {
                throw Failure("flush", path);
            }
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    public IDisposable? TryLock(string path)
    {
        try
        {
            // FileShare.None is an advisory flock() here, which the system gives back when the process dies, however it dies.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public string? HolderOf(string path) => LockHolders.OfMachine.Find(path) is not (var process, var name) ? null
        : process == Environment.ProcessId ? "another broker in this process"
        : $"process {process} ({name})";

    private static IOException Failure(string action, string path) =>
        new($"Could not {action} the directory '{path}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
