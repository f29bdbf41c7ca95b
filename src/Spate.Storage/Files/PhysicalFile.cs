using Microsoft.Win32.SafeHandles;

namespace Spate.Storage.Files;

/// <summary>A file on a disk of this machine, through the system's page cache.</summary>
internal sealed class PhysicalFile : IStorageFile
{
    public PhysicalFile(string path, FileOpening opening)
    {
        Path = path;
        Handle = File.OpenHandle(
            path,
            opening switch
            {
                FileOpening.OpenOrCreate => FileMode.OpenOrCreate,
                FileOpening.Replace => FileMode.Create,
                _ => FileMode.Open,
            },
            opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete);
    }

    public string Path { get; }

    public long Length => RandomAccess.GetLength(Handle);

    /// <summary>For callers that hand the file to the system itself, as sending a file over a socket does.</summary>
    internal SafeFileHandle Handle { get; }

    public int Read(Span<byte> destination, long position)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(Handle, destination[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(Handle, source, position);

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position) => RandomAccess.Write(Handle, sources, position);

    public void SetLength(long length) => RandomAccess.SetLength(Handle, length);

    public void Flush() => RandomAccess.FlushToDisk(Handle);

    public void Dispose() => Handle.Dispose();
}
