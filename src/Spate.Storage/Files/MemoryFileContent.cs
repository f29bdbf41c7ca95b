namespace Spate.Storage.Files;

/// <summary>
/// The bytes of a file in memory, in pages, so that a growing file is never copied. Pages of what was cut off or never written are
/// zeros. One thread may write while others read.
/// </summary>
internal sealed class MemoryFileContent(MemoryCapacity capacity, TimeProvider time)
{
    // Below the size at which arrays go to the large object heap. A file that fits into one page has a smaller one that doubles.
    private const int PageSize = 64 * 1024;
    private const int SmallestPage = 256;
    private const int DiskFullOnLinux = 28;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    private readonly Lock _gate = new();
    private byte[][] _pages = [];
    private int _pageCount;
    private long _length;
    private long _taken;
    private long _lastWriteTicks = time.GetUtcNow().UtcTicks;
    private int _handles;
    private bool _unlinked;

    public long Length => Volatile.Read(ref _length);

    public DateTimeOffset LastWriteTime => new(Volatile.Read(ref _lastWriteTicks), TimeSpan.Zero);

    public int Read(Span<byte> destination, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        byte[][] pages;
        int count;
        lock (_gate)
        {
            // Pages are only ever added or replaced by larger copies, so that those seen here hold the bytes up to the length seen here.
            pages = _pages;
            count = (int)Math.Clamp(_length - position, 0, destination.Length);
        }

        for (var done = 0; done < count;)
        {
            var page = pages[(position + done) / PageSize];
            var start = (int)((position + done) % PageSize);
            var length = Math.Min(count - done, page.Length - start);
            page.AsSpan(start, length).CopyTo(destination[done..]);
            done += length;
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        lock (_gate)
        {
            _lastWriteTicks = time.GetUtcNow().UtcTicks;
            while (!source.IsEmpty)
            {
                var start = (int)(position % PageSize);
                var length = Math.Min(source.Length, PageSize - start);
                Reserve(position, length);
                source[..length].CopyTo(_pages[position / PageSize].AsSpan(start));
                source = source[length..];
                position += length;
                _length = Math.Max(_length, position);
            }
        }
    }

    public void SetLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        lock (_gate)
        {
            _lastWriteTicks = time.GetUtcNow().UtcTicks;
            if (length < _length)
            {
                Cut(length);
            }
            else if (length > _length)
            {
                for (var position = _length; position < length;)
                {
                    var count = (int)Math.Min(PageSize - (position % PageSize), length - position);
                    Reserve(position, count);
                    position += count;
                }
            }

            _length = length;
        }
    }

    public void AddHandle()
    {
        lock (_gate)
        {
            _handles++;
        }
    }

    public void RemoveHandle()
    {
        lock (_gate)
        {
            _handles--;
            FreeWhenForgotten();
        }
    }

    /// <summary>Called when the last name is gone; the bytes go with the last handle.</summary>
    public void Unlink()
    {
        lock (_gate)
        {
            _unlinked = true;
            FreeWhenForgotten();
        }
    }

    private void FreeWhenForgotten()
    {
        if (_unlinked && _handles == 0)
        {
            _pages = [];
            _pageCount = 0;
            _length = 0;
            capacity.GiveBack(_taken);
            _taken = 0;
        }
    }

    private void Cut(long length)
    {
        // Readers may hold the array of pages: theirs is left as it is, and what is cut reads as zeros when the file grows again.
        var keep = (int)((length + PageSize - 1) / PageSize);
        var pages = _pages.AsSpan(0, keep).ToArray();
        for (var index = keep; index < _pageCount; index++)
        {
            capacity.GiveBack(_pages[index].Length);
            _taken -= _pages[index].Length;
        }

        if (length % PageSize != 0)
        {
            var last = pages[keep - 1].AsSpan().ToArray();
            var from = (int)(length % PageSize);
            if (from < last.Length)
            {
                last.AsSpan(from).Clear();
            }

            pages[keep - 1] = last;
        }

        _pages = pages;
        _pageCount = keep;
    }

    /// <summary>Makes the page of a position hold bytes up to position + length, which lie in one page, and all pages before it.</summary>
    private void Reserve(long position, int length)
    {
        var index = (int)(position / PageSize);
        for (var missing = _pageCount; missing < index; missing++)
        {
            Grow(missing, PageSize);
        }

        if (index > 0 && _pageCount > 0 && _pages[0].Length < PageSize)
        {
            Grow(0, PageSize);
        }

        Grow(index, index > 0 ? PageSize : (int)(position % PageSize) + length);
    }

    private void Grow(int index, int size)
    {
        var present = index < _pageCount ? _pages[index] : [];
        if (present.Length >= size)
        {
            return;
        }

        var page = Math.Min(PageSize, Math.Max(SmallestPage, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size)));
        if (!capacity.TryTake(page - present.Length))
        {
            throw new IOException(
                "There is no room left in the memory that stands for a disk.",
                OperatingSystem.IsWindows() ? DiskFullOnWindows : DiskFullOnLinux);
        }

        _taken += page - present.Length;
        var larger = new byte[page];
        present.CopyTo(larger, 0);
        if (index >= _pages.Length)
        {
            _pages = Extended(_pages, index);
        }

        _pages[index] = larger;
        _pageCount = Math.Max(_pageCount, index + 1);
    }

    private static byte[][] Extended(byte[][] pages, int index)
    {
        var longer = new byte[Math.Max(index + 1, Math.Min(pages.Length * 2, pages.Length + 1024))][];
        pages.CopyTo(longer, 0);
        return longer;
    }
}
