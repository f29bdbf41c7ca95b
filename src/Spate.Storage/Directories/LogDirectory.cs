using Spate.Protocol;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// One root under which logs lie (<c>log.dirs</c>): its lock, its owner, its checkpoints. It is online from its opening until a disk error,
/// and offline from then on: nobody touches an offline directory again before the broker's next start. Whether it is online may be asked
/// from any thread; the rest is not safe for use by several at once.
/// </summary>
public sealed class LogDirectory : IDisposable
{
    /// <summary>The file whose lock keeps other processes out, Kafka's.</summary>
    public const string LockName = ".lock";

    private readonly IFileSystem _files;
    private readonly IDisposable? _lock;
    private volatile Exception? _offlineCause;

    private LogDirectory(IFileSystem files, string path, Uuid id, IDisposable? takenLock, Exception? offlineCause)
    {
        _files = files;
        _lock = takenLock;
        _offlineCause = offlineCause;
        Path = path;
        Id = id;
        HighWatermarks = new OffsetCheckpoint(files, path, OffsetCheckpoint.HighWatermarksName);
        RecoveryPoints = new OffsetCheckpoint(files, path, OffsetCheckpoint.RecoveryPointsName);
        LogStartOffsets = new OffsetCheckpoint(files, path, OffsetCheckpoint.LogStartOffsetsName);
        CleanerOffsets = new OffsetCheckpoint(files, path, OffsetCheckpoint.CleanerOffsetsName);
    }

    /// <summary>The full path of the root.</summary>
    public string Path { get; }

    /// <summary>The directory's id (KIP-858); <see cref="Uuid.Zero"/> when it could not be read at the start.</summary>
    public Uuid Id { get; }

    public bool IsOnline => _offlineCause is null;

    /// <summary>The error that took it offline; null while it is online.</summary>
    public Exception? OfflineCause => _offlineCause;

    public OffsetCheckpoint HighWatermarks { get; }

    public OffsetCheckpoint RecoveryPoints { get; }

    public OffsetCheckpoint LogStartOffsets { get; }

    public OffsetCheckpoint CleanerOffsets { get; }

    /// <summary>
    /// Takes a root into use: makes it when it is missing, locks it, and checks or writes whose it is. One without an id gets one.
    /// </summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its full path.</param>
    /// <param name="clusterId">The cluster that this broker belongs to.</param>
    /// <param name="nodeId">This broker's id.</param>
    /// <param name="random">Gives the id of a new directory.</param>
    /// <exception cref="LogDirectoryException">Another process uses it, or it belongs to another broker or cluster.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refused.</exception>
    public static LogDirectory Open(IFileSystem files, string path, string clusterId, int nodeId, Random random)
    {
        ArgumentNullException.ThrowIfNull(files);
        files.CreateDirectory(path);
        var lockPath = System.IO.Path.Combine(path, LockName);
        var takenLock = files.TryLock(lockPath)
            ?? throw new LogDirectoryException(
                $"The log directory '{path}' is in use: {files.HolderOf(lockPath) ?? "another process, or another broker in this one,"} holds '{lockPath}'. Stop it, or give this broker a directory of its own (log.dirs).");
        try
        {
            return new LogDirectory(files, path, Identify(files, path, clusterId, nodeId, random), takenLock, offlineCause: null);
        }
        catch
        {
            takenLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// How the broker stopped the last time, told once: from now on its next stop counts as unclean, until <see cref="MarkCleanShutdown"/>.
    /// Null after a crash and in a new directory.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public CleanShutdown? TakeCleanShutdown() => CleanShutdown.Take(_files, Path);

    /// <summary>Says that every log is closed and on the disk: the last thing before the end.</summary>
    /// <param name="brokerEpoch">The broker's epoch, or -1.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void MarkCleanShutdown(long brokerEpoch) => new CleanShutdown(brokerEpoch).Write(_files, Path);

    /// <summary>The directories of partitions in it, in the order of their names.</summary>
    /// <param name="strangers">Given the paths of directories that are no partition's.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public List<PartitionDirectory> ListPartitions(ICollection<string> strangers)
    {
        ArgumentNullException.ThrowIfNull(strangers);
        var found = new List<PartitionDirectory>();
        foreach (var path in _files.ListDirectories(Path).Order(StringComparer.Ordinal))
        {
            if (PartitionDirectoryName.TryParse(System.IO.Path.GetFileName(path), out var name))
            {
                found.Add(new PartitionDirectory(path, name));
            }
            else
            {
                strangers.Add(path);
            }
        }

        return found;
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>A root that cannot be used from the start.</summary>
    internal static LogDirectory Unusable(IFileSystem files, string path, Exception cause) =>
        new(files, path, Uuid.Zero, takenLock: null, cause);

    /// <summary>Takes it offline; false when it was already.</summary>
    internal bool TryTakeOffline(Exception cause) => Interlocked.CompareExchange(ref _offlineCause, cause, comparand: null) is null;

    private static Uuid Identify(IFileSystem files, string path, string clusterId, int nodeId, Random random)
    {
        var identity = DirectoryIdentity.Read(files, path);
        identity?.RequireOf(clusterId, nodeId, path);
        if (identity is { DirectoryId: { } known, ClusterId: not null })
        {
            return known;
        }

        var id = identity?.DirectoryId ?? Uuid.NewRandom(random);
        new DirectoryIdentity(clusterId, nodeId, id).Write(files, path);
        return id;
    }
}
