namespace Spate.Storage.Files;

/// <summary>
/// Keeps a bounded number of files open while nobody uses them, so that thousands of logs with many segments each do not need as many
/// descriptors. A file opens when it is first leased; of those that nobody leases, the ones longest unused are closed first.
/// Safe for use by several threads at once.
/// </summary>
/// <remarks>Files in use are never closed, however many they are: the bound is on what stays open for nobody.</remarks>
public sealed class FilePool
{
    /// <summary>Idle files that stay open unless told otherwise.</summary>
    public const int DefaultCapacity = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<PooledFile> _idle = new();
    private readonly int _capacity;

    /// <param name="fileSystem">Where the files are.</param>
    /// <param name="capacity">How many files may stay open that nobody leases; 0 closes each at the end of its last lease.</param>
    public FilePool(IFileSystem fileSystem, int capacity = DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        FileSystem = fileSystem;
        _capacity = capacity;
    }

    public IFileSystem FileSystem { get; }

    /// <summary>Called once when a file that is not queued yet has lost its last lease; never with a lock held.</summary>
    internal void Idle(PooledFile file)
    {
        // Second chance: a victim that was used since it was queued goes round once more, one that is leased now comes back by itself.
        for (PooledFile? victim = Exchange(file); victim is not null && victim.StaysOpen(); victim = Exchange(victim))
        {
        }
    }

    private PooledFile? Exchange(PooledFile file)
    {
        lock (_gate)
        {
            _idle.Enqueue(file);
            return _idle.Count > _capacity ? _idle.Dequeue() : null;
        }
    }
}
