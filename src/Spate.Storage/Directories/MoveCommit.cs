using System.Text;
using Spate.Protocol;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// The file in the directory of a future log that says: it is complete, and takes the place of the log in another root as soon as that has given up
/// its name. A stop between the two renamings of a move leaves no log under the partition's name; by this file the next start knows which one
/// it is. Where the other root still has a log of that name, the file says nothing: that log may have gone on.
/// </summary>
internal static class MoveCommit
{
    public const string FileName = "move-commit";

    private const string Start = "version: 0\nfrom: ";

    /// <summary>The id of the root that the log comes from; null when there is no such file, or none that can be relied on.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static Uuid? Read(IFileSystem files, string directory)
    {
        if (WholeFile.Read(files, Path.Combine(directory, FileName)) is not { } content || !Ascii.IsValid(content))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(content);
        return text.StartsWith(Start, StringComparison.Ordinal) && Uuid.TryParse(text[Start.Length..], out var from) ? from : null;
    }

    /// <summary>Writes the file durably.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(IFileSystem files, string directory, Uuid from) =>
        WholeFile.Replace(files, Path.Combine(directory, FileName), Encoding.ASCII.GetBytes(Start + from));

    /// <summary>Deletes the file. What a crash leaves of it in a current log means nothing.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Delete(IFileSystem files, string directory) => files.DeleteFile(Path.Combine(directory, FileName));
}
