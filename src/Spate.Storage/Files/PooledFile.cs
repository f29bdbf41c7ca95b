namespace Spate.Storage.Files;

/// <summary>
/// One file of a <see cref="FilePool"/>: open while it is leased, and for as long after as the pool has room. It survives being renamed and,
/// for those who lease it, being deleted. There are very many of these, so that the path is put together only when it is needed.
/// Safe for use by several threads at once.
/// </summary>
internal abstract class PooledFile(FilePool pool)
{
    private readonly Lock _gate = new();
    private IStorageFile? _open;
    private int _leases;
    private bool _queued;
    private bool _used;
    private bool _deleted;

    public abstract string Path { get; }

    protected IFileSystem FileSystem => pool.FileSystem;

    /// <summary>Opens the file unless it is open; it stays so at least until the lease is disposed.</summary>
    /// <exception cref="FileNotFoundException">It is not there, or not there any more.</exception>
    public FileLease Lease(FileOpening opening = FileOpening.Existing)
    {
        lock (_gate)
        {
            if (_deleted)
            {
                throw new FileNotFoundException($"The file '{Path}' is deleted.", Path);
            }

            _open ??= FileSystem.Open(Path, opening);
            _leases++;
            _used = true;
            return new FileLease(this, _open);
        }
    }

    public void Delete()
    {
        lock (_gate)
        {
            _deleted = true;
            CloseUnlessLeased();
            FileSystem.DeleteFile(Path);
        }
    }

    /// <summary>Closes it now, or at the end of the last lease.</summary>
    public void Close()
    {
        lock (_gate)
        {
            CloseUnlessLeased();
        }
    }

    /// <summary>Runs something that changes the path while nobody can open the file by it.</summary>
    protected void Exclusively(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }

    internal void Release()
    {
        bool enqueue;
        lock (_gate)
        {
            _leases--;
            if (_leases > 0)
            {
                return;
            }

            if (_deleted)
            {
                CloseUnlessLeased();
                return;
            }

            enqueue = !_queued;
            _queued = true;
        }

        if (enqueue)
        {
            pool.Idle(this);
        }
    }

    /// <summary>Asked by the pool when it needs room: true when the file was used lately and goes round the queue once more.</summary>
    internal bool StaysOpen()
    {
        lock (_gate)
        {
            if (_leases == 0 && _used && _open is not null)
            {
                _used = false;
                return true;
            }

            _queued = false;
            CloseUnlessLeased();
            return false;
        }
    }

    private void CloseUnlessLeased()
    {
        if (_leases == 0)
        {
            _open?.Dispose();
            _open = null;
        }
    }
}
