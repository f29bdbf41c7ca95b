namespace Spate.Storage.Tests.Crashes;

/// <summary>One change that a program asked a disk for. Files are told apart by number, since their names change.</summary>
internal abstract record DiskOperation
{
    public sealed record CreateDirectory(string Path) : DiskOperation;

    public sealed record Create(int File, string Path) : DiskOperation;

    public sealed record Write(int File, long Position, byte[] Bytes) : DiskOperation;

    public sealed record SetLength(int File, long Length) : DiskOperation;

    public sealed record Flush(int File) : DiskOperation;

    public sealed record Move(string Source, string Destination) : DiskOperation;

    public sealed record MoveDirectory(string Source, string Destination) : DiskOperation;

    public sealed record Delete(string Path) : DiskOperation;

    public sealed record FlushDirectory(string Path) : DiskOperation;
}
