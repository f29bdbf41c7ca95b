using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>What the last stop left of logs on their way to another root (KIP-113). Used by one thread at a time, while the store opens.</summary>
internal sealed class UnfinishedMoves(LogStoreOptions options)
{
    private readonly Dictionary<TopicPartition, LogDirectory> _toBeginAnew = [];

    /// <summary>Where logs were on their way to whose copies are gone now.</summary>
    public Dictionary<TopicPartition, LogDirectory> ToBeginAnew => _toBeginAnew;

    /// <summary>Decides about the copies in a root: a log that is nowhere else takes its name, one that is needs no copy that may differ.</summary>
    /// <param name="loader">What was found in the root; every other root has been looked through as well.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Settle(DirectoryLoader loader)
    {
        foreach (var future in loader.Futures)
        {
            var partition = future.Name.Partition;
            if (options.Directories.Find(partition) is not null)
            {
                // The log itself is there and may have more than its copy, or other records behind the same offsets after a loss of power.
                _toBeginAnew[partition] = loader.Directory;
                var name = PartitionDirectoryName.Create(partition, PartitionDirectoryRole.Deleted, Uuid.NewRandom(options.Random));
                loader.Deleted.Add(Rename(loader.Directory, future.Path, name));
                DirectoryMessages.MoveBeginsAnew(options.Logger, partition, loader.Directory.Path);
            }
            else if (MoveCommit.Read(options.Files.FileSystem, future.Path) is { } from && !MayBeOutOfSight(from))
            {
                var path = Rename(loader.Directory, future.Path, PartitionDirectoryName.Current(partition));
                MoveCommit.Delete(options.Files.FileSystem, path);
                loader.Take(new PartitionDirectory(path, new PartitionDirectoryName(partition, PartitionDirectoryRole.Current)));
                DirectoryMessages.MoveCompleted(options.Logger, partition, path);
            }
            else
            {
                DirectoryMessages.Stranger(options.Logger, future.Path);
            }
        }
    }

    /// <summary>Whether the root of an id may hold logs that cannot be seen: an offline one does not tell its id.</summary>
    private bool MayBeOutOfSight(Uuid root) =>
        options.Directories.All.Any(directory => !directory.IsOnline) && !options.Directories.Online.Any(directory => directory.Id == root);

    private string Rename(LogDirectory directory, string path, string name)
    {
        var renamed = Path.Combine(directory.Path, name);
        options.Files.FileSystem.MoveDirectory(path, renamed);
        options.Files.FileSystem.FlushDirectory(directory.Path);
        return renamed;
    }
}
