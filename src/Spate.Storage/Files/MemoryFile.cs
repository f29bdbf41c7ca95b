namespace Spate.Storage.Files;

/// <summary>An open file of a <see cref="MemoryFileSystem"/>.</summary>
internal sealed class MemoryFile : IStorageFile
{
    private readonly bool _writable;
    private MemoryFileContent? _content;

    public MemoryFile(string path, MemoryFileContent content, bool writable)
    {
        Path = path;
        _writable = writable;
        _content = content;
        content.AddHandle();
    }

    public string Path { get; }

    public long Length => Content.Length;

    private MemoryFileContent Content
    {
        get
        {
            var content = Volatile.Read(ref _content);
            ObjectDisposedException.ThrowIf(content is null, this);
            return content;
        }
    }

    public int Read(Span<byte> destination, long position) => Content.Read(destination, position);

    public void Write(ReadOnlySpan<byte> source, long position) => Writable().Write(source, position);

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        var content = Writable();
        foreach (var source in sources)
        {
            content.Write(source.Span, position);
            position += source.Length;
        }
    }

    public void SetLength(long length) => Writable().SetLength(length);

    /// <summary>Memory has nothing to make durable.</summary>
    public void Flush() => _ = Content;

    public void Dispose() => Interlocked.Exchange(ref _content, null)?.RemoveHandle();

    private MemoryFileContent Writable() =>
        _writable ? Content : throw new UnauthorizedAccessException($"The file '{Path}' was opened for reading only.");
}
