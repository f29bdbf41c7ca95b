using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>
/// Takes a partition's name from one log and gives it to its copy in another root. In between the copy alone is under a name by which it is
/// found, and it is complete: two logs of one name would leave the next start without an answer.
/// </summary>
internal static class NameExchange
{
    /// <param name="options">What the store was opened with.</param>
    /// <param name="current">The log, to which nobody can append.</param>
    /// <param name="future">The copy, which has all of it.</param>
    /// <param name="neighbours">The logs in the copy's root, whose checkpoints are written along.</param>
    /// <exception cref="LogFailedException">A disk failed. At least one of the logs is whole, under a name by which the next start finds it.</exception>
    public static void Exchange(LogStoreOptions options, HostedLog current, HostedLog future, IReadOnlyCollection<HostedLog> neighbours)
    {
        var partition = current.Partition;
        var oldPath = current.Log.Directory;
        try
        {
            // Its start and recovery point must be known under its name before it has the name.
            DirectoryCheckpoints.WriteAll(future.Directory, [.. neighbours, future]);
            MoveCommit.Write(options.Files.FileSystem, future.Log.Directory, current.Directory.Id);
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw new LogFailedException(future.Log.Directory, "completing a move", failure);
        }

        var deleted = PartitionDirectoryName.Create(partition, PartitionDirectoryRole.Deleted, Uuid.NewRandom(options.Random));
        current.Log.RenameDirectory(Path.Combine(current.Directory.Path, deleted));
        try
        {
            future.Log.RenameDirectory(Path.Combine(future.Directory.Path, PartitionDirectoryName.Current(partition)));
        }
        catch (LogFailedException)
        {
            // The copy is out of reach, and the log goes on under its name.
            current.Log.RenameDirectory(oldPath);
            throw;
        }
    }
}
