using Spate.Storage.Files;

namespace Spate.Storage.Segments;

/// <summary>Where the files of a log are: all of them share this, so that a directory is renamed in one place.</summary>
internal sealed class SegmentDirectory(FilePool pool, string path)
{
    private volatile string _path = path;

    public FilePool Pool => pool;

    public IFileSystem FileSystem => pool.FileSystem;

    public string Path => _path;

    public string PathOf(string name) => System.IO.Path.Combine(_path, name);

    public string PathOf(long baseOffset, string kind) => PathOf(SegmentFileNames.Of(baseOffset, kind));

    /// <summary>Renames the directory. Open files stay open; the paths of all others follow.</summary>
    public void MoveTo(string path)
    {
        FileSystem.MoveDirectory(_path, path);
        _path = path;
    }
}
