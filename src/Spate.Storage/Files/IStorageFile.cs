namespace Spate.Storage.Files;

/// <summary>
/// An open file, read and written at positions that the caller names. Reads may run beside each other and beside one writer; two writers
/// must not run together. Disposing closes it; a read that runs meanwhile fails with <see cref="ObjectDisposedException"/>.
/// </summary>
public interface IStorageFile : IDisposable
{
    string Path { get; }

    /// <summary>Bytes in the file.</summary>
    long Length { get; }

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends; returns how many bytes that were.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Writes all bytes; past the end the file grows. A failure may leave any prefix of them written.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>Writes all buffers one behind the other, in one system call where the system can.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position);

    /// <summary>Cuts the file, or lengthens it with zeros.</summary>
    void SetLength(long length);

    /// <summary>Makes content and length durable. Returns when the device says so.</summary>
    void Flush();
}
