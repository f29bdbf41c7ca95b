namespace Spate.Storage.Indexes;

/// <summary>
/// The entries of an index that are not in its file yet. One writer adds to it while others read: an entry is written before the count that
/// covers it. Everything else makes another tail.
/// </summary>
/// <param name="stored">Entries in the file, which the tail follows.</param>
/// <param name="capacity">Entries for which there is room.</param>
internal sealed class IndexTail<TEntry>(int stored, int capacity)
{
    private readonly TEntry[] _entries = capacity == 0 ? [] : new TEntry[capacity];
    private int _count;

    /// <summary>Entries that stand in the file before the first one here.</summary>
    public int Stored => stored;

    public ReadOnlySpan<TEntry> Entries => _entries.AsSpan(0, Volatile.Read(ref _count));

    public bool TryAdd(TEntry entry)
    {
        if (_count == _entries.Length)
        {
            return false;
        }

        _entries[_count] = entry;
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    /// <summary>The first <paramref name="count"/> entries with room for more.</summary>
    public IndexTail<TEntry> Copy(int count, int room)
    {
        var copy = new IndexTail<TEntry>(stored, room);
        Entries[..count].CopyTo(copy._entries);
        copy._count = count;
        return copy;
    }
}
