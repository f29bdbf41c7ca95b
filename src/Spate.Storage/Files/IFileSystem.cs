namespace Spate.Storage.Files;

/// <summary>
/// All that storage asks of a disk, so that a test can stand in for one: keep everything in memory, fail, fill up, or lose what was not
/// flushed. Paths are absolute. Safe for use by several threads at once, except that two threads must not create, move or delete the same
/// path together.
/// </summary>
/// <remarks>
/// What survives a crash of the process: every finished call. What survives a loss of power: the content of files up to their last
/// <see cref="IStorageFile.Flush"/>, and names created, moved or deleted before the last <see cref="FlushDirectory"/> of the directory
/// that holds them. Every method throws <see cref="IOException"/> (or <see cref="UnauthorizedAccessException"/>) when the disk refuses.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Opens a file for reading and, unless <paramref name="opening"/> says otherwise, writing.</summary>
    /// <exception cref="FileNotFoundException">It is not there and was not to be created.</exception>
    IStorageFile Open(string path, FileOpening opening);

    bool FileExists(string path);

    /// <summary>Bytes in a file, without opening it.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    long FileLength(string path);

    /// <summary>When a file was last written, by the clock of whoever keeps it.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    DateTimeOffset LastWriteTime(string path);

    bool DirectoryExists(string path);

    /// <summary>Creates the directory and those above it; none of them being missing is no error.</summary>
    void CreateDirectory(string path);

    /// <summary>Deletes a file; its being gone already is no error. Open files of that name stay readable until they are closed.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a directory with all that is in it; its being gone already is no error.</summary>
    void DeleteDirectory(string path);

    /// <summary>Renames a file in one step, taking the place of a file that has the new name.</summary>
    void MoveFile(string source, string destination);

    /// <summary>Renames a directory in one step; the new name must be free.</summary>
    void MoveDirectory(string source, string destination);

    /// <summary>The full paths of the files directly in a directory, in no particular order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The full paths of the directories directly in a directory, in no particular order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>How large the volume is that holds a path, and how much of it can still be used.</summary>
    VolumeSpace SpaceOf(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void FlushDirectory(string path);

    /// <summary>
    /// Takes a lock on a file (created when missing) that no other process can hold at the same time; it is given back by disposing, or by
    /// the end of the process.
    /// </summary>
    /// <returns>The lock, or null when another process or another owner in this process holds it.</returns>
    IDisposable? TryLock(string path);

    /// <summary>Who holds the lock of a file, in words such as <c>process 4711 (spate)</c>; null where nobody tells.</summary>
    string? HolderOf(string path) => null;
}
