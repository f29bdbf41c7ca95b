using Spate.Storage.Files;

namespace Spate.Storage.Checkpoints;

/// <summary>Small files that are read and replaced as a whole: checkpoints, snapshots, the properties of a directory.</summary>
internal static class WholeFile
{
    /// <summary>More than this is no file of ours: five million producers, or three million partitions.</summary>
    public const int BytesMax = 256 * 1024 * 1024;

    /// <summary>What a file is called until it is whole; a crash may leave one behind.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>All bytes of a file; null when it is not there.</summary>
    /// <exception cref="IOException">The disk failed, or the file is larger than <see cref="BytesMax"/>.</exception>
    public static byte[]? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path))
        {
            return null;
        }

        using var file = files.Open(path, FileOpening.Read);
        var length = file.Length;
        if (length > BytesMax)
        {
            throw new IOException($"'{path}' has {length} bytes; more than {BytesMax} are not read at once.");
        }

        var content = new byte[length];
        var read = file.Read(content, position: 0);
        return read == content.Length ? content : content[..read];
    }

    /// <summary>
    /// Replaces a file so that after a crash, at any point, either the old or the new content is there whole: written beside it, made
    /// durable, moved over it, and the move made durable.
    /// </summary>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        Put(files, path, content);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The same, but for the last step: whoever flushes the directory next makes the move durable.</summary>
    public static void Put(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporarySuffix;
        using (var file = files.Open(temporary, FileOpening.Replace))
        {
            file.Write(content, position: 0);
            file.Flush();
        }

        files.MoveFile(temporary, path);
    }
}
