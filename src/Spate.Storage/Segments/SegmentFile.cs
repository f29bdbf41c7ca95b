using Spate.Storage.Files;

namespace Spate.Storage.Segments;

/// <summary>One of the files that a segment is made of.</summary>
internal sealed class SegmentFile(SegmentDirectory directory, long baseOffset, string kind, string state = "") : PooledFile(directory.Pool)
{
    private volatile string _state = state;

    public override string Path => directory.PathOf(baseOffset, kind + _state);

    /// <summary>Renames the file, if it is there: it loses the ending that says what happens to it, and gets another one or none.</summary>
    public void ChangeState(string state) => Exclusively(() =>
    {
        if (FileSystem.FileExists(Path))
        {
            FileSystem.MoveFile(Path, directory.PathOf(baseOffset, kind + state));
        }

        _state = state;
    });
}
