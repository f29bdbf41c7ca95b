using Spate.Storage.Files;

namespace Spate.Storage.Indexes;

/// <summary>
/// An index of a segment: entries of fixed size in rising order, the older ones in a file that is searched where it lies, the newest in
/// memory until there are enough of them to write. One thread at a time may change it, under the log's append lock; any number may search it
/// meanwhile without a lock.
/// </summary>
/// <remarks>
/// What an index says is a hint, never a proof: entries that were not written when a process died are missing after it, and what a
/// file holds may be damaged. Searching never fails on that; whoever follows an entry checks what it finds there.
/// </remarks>
internal sealed class EntryIndex<TEntry>
    where TEntry : struct, IIndexEntry<TEntry>
{
    // A tail is written when it has as many entries; in an offset index with the default interval that is every 4 MiB of records.
    private const int TailCapacity = 1024;
    private const int SmallestTail = 8;
    private const int BlockEntries = 256;

    private readonly PooledFile _file;
    private IndexTail<TEntry> _tail;
    private TEntry _last;

    /// <param name="file">The file, which need not be there while nothing is stored.</param>
    /// <param name="length">Bytes of the file that hold entries; what is not a whole entry is left out.</param>
    public EntryIndex(PooledFile file, long length)
    {
        _file = file;
        _tail = new IndexTail<TEntry>((int)Math.Min(length / TEntry.Size, int.MaxValue), 0);
        IsLastKnown = Count == 0;
    }

    public int Count
    {
        get
        {
            var tail = Volatile.Read(ref _tail);
            return tail.Stored + tail.Entries.Length;
        }
    }

    public PooledFile File => _file;

    private bool IsLastKnown { get; set; }

    /// <summary>The last entry, or null when there is none. For the writer.</summary>
    public TEntry? Last
    {
        get
        {
            if (Count == 0)
            {
                return null;
            }

            if (!IsLastKnown)
            {
                _last = ReadStored(_tail.Stored - 1);
                IsLastKnown = true;
            }

            return _last;
        }
    }

    /// <summary>The first entry, or null when there is none. For readers.</summary>
    public TEntry? ReadFirst()
    {
        var tail = Volatile.Read(ref _tail);
        return tail.Stored > 0 ? ReadStored(0) : tail.Entries is [var first, ..] ? first : null;
    }

    /// <summary>The last entry, or null when there is none. For readers.</summary>
    public TEntry? ReadLast()
    {
        var tail = Volatile.Read(ref _tail);
        var entries = tail.Entries;
        if (!entries.IsEmpty)
        {
            return entries[^1];
        }

        return tail.Stored == 0 ? null : ReadStored(tail.Stored - 1);
    }

    /// <summary>Whether one entry more would pass the bound of <c>segment.index.bytes</c>.</summary>
    public bool IsFull(int maximumBytes) => Count >= maximumBytes / TEntry.Size;

    /// <summary>Adds an entry that follows the last one; one that does not follow it is left out, as it would say nothing new.</summary>
    public void Append(TEntry entry)
    {
        if (Last is { } last && !entry.Follows(last))
        {
            return;
        }

        if (!_tail.TryAdd(entry))
        {
            MakeRoom();
            _tail.TryAdd(entry);
        }

        _last = entry;
        IsLastKnown = true;
    }

    /// <summary>The last entry whose key is not above <paramref name="key"/>, or null when the first one is above it.</summary>
    public TEntry? Floor(long key)
    {
        var tail = Volatile.Read(ref _tail);
        var entries = tail.Entries;
        if (!entries.IsEmpty && entries[0].Key <= key)
        {
            return entries[CountUpTo(entries, key) - 1];
        }

        return tail.Stored == 0 ? null : FloorStored(tail.Stored, key);
    }

    /// <summary>The first entry whose value is not below <paramref name="value"/>; the values must rise with the entries. Null when none is.</summary>
    public TEntry? CeilingBy(Func<TEntry, long> valueOf, long value)
    {
        var tail = Volatile.Read(ref _tail);
        var entries = tail.Entries;
        int low = 0, high = tail.Stored + entries.Length;
        TEntry? ceiling = null;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var entry = middle < tail.Stored ? ReadStored(middle) : entries[middle - tail.Stored];
            if (valueOf(entry) >= value)
            {
                ceiling = entry;
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return ceiling;
    }

    /// <summary>Drops the entries at and above a relative offset. For the writer.</summary>
    public void TruncateTo(long relativeOffset)
    {
        var entries = _tail.Entries;
        var keep = entries.Length;
        while (keep > 0 && entries[keep - 1].RelativeOffset >= relativeOffset)
        {
            keep--;
        }

        if (keep > 0 || _tail.Stored == 0)
        {
            Replace(_tail.Copy(keep, keep));
            return;
        }

        Replace(new IndexTail<TEntry>(CountStoredBelow(relativeOffset), 0));
        using var lease = _file.Lease();
        lease.File.SetLength((long)_tail.Stored * TEntry.Size);
    }

    /// <summary>Drops everything, also what the file holds. For the writer.</summary>
    public void Clear()
    {
        Replace(new IndexTail<TEntry>(0, 0));
        using var lease = _file.Lease(FileOpening.OpenOrCreate);
        lease.File.SetLength(0);
    }

    /// <summary>Writes to the file what is only in memory, and creates the file when it is not there. For the writer.</summary>
    public void WriteOut()
    {
        using var lease = _file.Lease(FileOpening.OpenOrCreate);
        var entries = _tail.Entries;
        if (entries.IsEmpty)
        {
            return;
        }

        Span<byte> block = stackalloc byte[BlockEntries * TEntry.Size];
        var written = _tail.Stored;
        while (!entries.IsEmpty)
        {
            var count = Math.Min(entries.Length, BlockEntries);
            for (var index = 0; index < count; index++)
            {
                entries[index].Write(block[(index * TEntry.Size)..]);
            }

            lease.File.Write(block[..(count * TEntry.Size)], (long)written * TEntry.Size);
            written += count;
            entries = entries[count..];
        }

        // The last entry is known from the tail that goes away.
        Volatile.Write(ref _tail, new IndexTail<TEntry>(written, 0));
    }

    /// <summary>Makes the file durable.</summary>
    public void Flush()
    {
        using var lease = _file.Lease(FileOpening.OpenOrCreate);
        lease.File.Flush();
    }

    private static int CountUpTo(ReadOnlySpan<TEntry> entries, long key)
    {
        int low = 0, high = entries.Length;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (entries[middle].Key <= key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void MakeRoom()
    {
        var count = _tail.Entries.Length;
        if (count == TailCapacity)
        {
            WriteOut();
            count = 0;
        }

        Volatile.Write(ref _tail, _tail.Copy(count, Math.Clamp(count * 2, SmallestTail, TailCapacity)));
    }

    private void Replace(IndexTail<TEntry> tail)
    {
        Volatile.Write(ref _tail, tail);
        var entries = tail.Entries;
        IsLastKnown = !entries.IsEmpty || tail.Stored == 0;
        _last = entries.IsEmpty ? default : entries[^1];
    }

    private TEntry? FloorStored(int stored, long key)
    {
        using var lease = _file.Lease();
        Span<byte> block = stackalloc byte[BlockEntries * TEntry.Size];

        // First the block that holds the entry, by the first entry of each; then the entry in it.
        int low = 0, high = (stored + BlockEntries - 1) / BlockEntries;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var first = block[..TEntry.Size];
            if (lease.File.Read(first, (long)middle * BlockEntries * TEntry.Size) == TEntry.Size && TEntry.Read(first).Key <= key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return null;
        }

        var start = (low - 1) * BlockEntries;
        var count = Math.Min(BlockEntries, stored - start);
        count = lease.File.Read(block[..(count * TEntry.Size)], (long)start * TEntry.Size) / TEntry.Size;
        return FloorOfBlock(block, count, key);
    }

    private static TEntry? FloorOfBlock(ReadOnlySpan<byte> block, int count, long key)
    {
        TEntry? floor = null;
        int low = 0, high = count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            var entry = TEntry.Read(block[(middle * TEntry.Size)..]);
            if (entry.Key <= key)
            {
                floor = entry;
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return floor;
    }

    private int CountStoredBelow(long relativeOffset)
    {
        int low = 0, high = _tail.Stored;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (ReadStored(middle).RelativeOffset < relativeOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private TEntry ReadStored(int index)
    {
        using var lease = _file.Lease();
        Span<byte> bytes = stackalloc byte[TEntry.Size];
        bytes.Clear();
        _ = lease.File.Read(bytes, (long)index * TEntry.Size);
        return TEntry.Read(bytes);
    }
}
