using Spate.Storage.Files;

namespace Spate.Storage.Transactions;

/// <summary>
/// The aborted transactions whose markers lie in one segment: its <c>.txnindex</c> file. Entries stand in the order of their markers. The
/// file is made with the first entry, so segments without aborted transactions have none.
/// </summary>
/// <remarks>
/// One writer, the log's; searches may run beside it and see an entry whole or not at all. What survives a loss of power is what was
/// written before the last <see cref="Flush"/>; behind a segment's recovery point the entries are found again from its markers.
/// </remarks>
public sealed class TransactionIndex : IDisposable
{
    /// <summary>The suffix of the file's name, Kafka's.</summary>
    public const string Suffix = ".txnindex";

    private const int EntriesPerRead = 120;

    private readonly IFileSystem _files;
    private readonly long _baseOffset;

    private string _path;
    private volatile IStorageFile? _file;
    private long _length;
    private long _lastOffset = -1;

    /// <summary>Opens the index of a segment; nothing is created.</summary>
    /// <param name="files">Where the file lies.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="baseOffset">The segment's base offset.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public TransactionIndex(IFileSystem files, string path, long baseOffset)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _path = path;
        _baseOffset = baseOffset;
        if (files.FileExists(path))
        {
            _file = files.Open(path, FileOpening.Existing);
            _length = _file.Length / AbortedTransaction.Size * AbortedTransaction.Size;
            _lastOffset = ReadLastOffset(_length);
        }
    }

    /// <summary>Whole entries in the index.</summary>
    public int Count => (int)(Volatile.Read(ref _length) / AbortedTransaction.Size);

    /// <summary>Bytes of the whole entries.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Adds an entry behind the others.</summary>
    /// <exception cref="InvalidOperationException">Its marker does not lie behind that of the entry before: the log is not applied in order.</exception>
    /// <exception cref="IOException">The disk failed; the index is as it was.</exception>
    public void Append(in AbortedTransaction entry)
    {
        if (entry.LastOffset <= _lastOffset)
        {
            throw new InvalidOperationException(
                $"A transaction that ends at {entry.LastOffset} cannot follow one that ends at {_lastOffset} in '{_path}'.");
        }

        Span<byte> bytes = stackalloc byte[AbortedTransaction.Size];
        entry.Write(bytes);
        var file = _file ??= _files.Open(_path, FileOpening.OpenOrCreate);
        file.Write(bytes, _length);
        _lastOffset = entry.LastOffset;

        // Searches read only up to the length, so they cannot meet half an entry.
        Volatile.Write(ref _length, _length + AbortedTransaction.Size);
    }

    /// <summary>
    /// Adds to <paramref name="found"/> the transactions that overlap with a fetch of the offsets from <paramref name="fetchOffset"/> up
    /// to but not including <paramref name="upperBound"/>.
    /// </summary>
    /// <returns>True when no later segment can have more of them; false when the search must go on in the next one.</returns>
    /// <exception cref="InvalidDataException">The index holds an entry of a version that is not known.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool Search(long fetchOffset, long upperBound, List<AbortedTransaction> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        Span<byte> buffer = stackalloc byte[EntriesPerRead * AbortedTransaction.Size];
        for (long position = 0; ReadEntries(buffer, position) is { Length: > 0 } bytes; position += bytes.Length)
        {
            for (var rest = bytes; rest.Length > 0; rest = rest[AbortedTransaction.Size..])
            {
                var entry = Read(rest);
                if (entry.LastOffset >= fetchOffset && entry.FirstOffset < upperBound)
                {
                    found.Add(entry);
                }

                if (entry.LastStableOffset >= upperBound)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Looks at every entry; returns what is wrong with the first that cannot be, in one sentence, or null.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public string? FindFault()
    {
        if (_file is { } file && file.Length != _length)
        {
            return $"The transaction index '{_path}' has {file.Length} bytes, which is not a whole number of entries.";
        }

        Span<byte> buffer = stackalloc byte[EntriesPerRead * AbortedTransaction.Size];
        var last = _baseOffset - 1;
        for (long position = 0; ReadEntries(buffer, position) is { Length: > 0 } bytes; position += bytes.Length)
        {
            for (var at = 0; at < bytes.Length; at += AbortedTransaction.Size)
            {
                if (!AbortedTransaction.TryRead(bytes[at..], out var entry)
                    || entry.ProducerId < 0
                    || entry.FirstOffset < 0
                    || entry.FirstOffset > entry.LastOffset
                    || entry.LastStableOffset < 0
                    || entry.LastOffset <= last)
                {
                    return $"The transaction index '{_path}' has an entry at byte {position + at} that cannot be.";
                }

                last = entry.LastOffset;
            }
        }

        return null;
    }

    /// <summary>Drops the entries whose markers lie at or behind an offset.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Truncate(long endOffset)
    {
        Span<byte> buffer = stackalloc byte[EntriesPerRead * AbortedTransaction.Size];
        for (long position = 0; ReadEntries(buffer, position) is { Length: > 0 } bytes; position += bytes.Length)
        {
            for (var at = 0; at < bytes.Length; at += AbortedTransaction.Size)
            {
                if (Read(bytes[at..]).LastOffset >= endOffset)
                {
                    CutTo(position + at);
                    return;
                }
            }
        }
    }

    /// <summary>Drops everything, as before the segment is read anew.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Clear()
    {
        if (_file is not null)
        {
            CutTo(0);
        }
    }

    /// <summary>Makes the entries durable.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Flush() => _file?.Flush();

    /// <summary>The file, or the directory it lies in, has another name now.</summary>
    public void MovedTo(string path) => _path = path;

    public void Dispose() => _file?.Dispose();

    private static long LastOffsetOf(ReadOnlySpan<byte> entry) =>
        AbortedTransaction.TryRead(entry, out var last) ? last.LastOffset : -1;

    private AbortedTransaction Read(ReadOnlySpan<byte> bytes) =>
        AbortedTransaction.TryRead(bytes, out var entry)
            ? entry
            : throw new InvalidDataException($"The transaction index '{_path}' has an entry of a version that is not known.");

    private void CutTo(long length)
    {
        Volatile.Write(ref _length, length);
        _file!.SetLength(length);
        _lastOffset = ReadLastOffset(length);
    }

    private long ReadLastOffset(long length)
    {
        Span<byte> bytes = stackalloc byte[AbortedTransaction.Size];
        return length > 0 && _file!.Read(bytes, length - bytes.Length) == bytes.Length ? LastOffsetOf(bytes) : -1;
    }

    /// <summary>The whole entries from a position on, as many as the buffer takes; none at the end.</summary>
    private ReadOnlySpan<byte> ReadEntries(Span<byte> buffer, long position)
    {
        var wanted = (int)Math.Min(buffer.Length, Volatile.Read(ref _length) - position);
        if (wanted <= 0)
        {
            return [];
        }

        var read = _file!.Read(buffer[..wanted], position);
        return buffer[..(read / AbortedTransaction.Size * AbortedTransaction.Size)];
    }
}
