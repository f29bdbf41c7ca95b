using Spate.Protocol;
using Spate.Storage.Files;

namespace Spate.Storage.Checkpoints;

/// <summary>
/// One of the files at the root of a log directory that hold an offset for each partition in it, in Kafka's format. Replaced as a whole;
/// durable when <see cref="Write"/> returns. Not safe for use by several threads at once.
/// </summary>
public sealed class OffsetCheckpoint
{
    /// <summary>High watermarks: <c>replication-offset-checkpoint</c>.</summary>
    public const string HighWatermarksName = "replication-offset-checkpoint";

    /// <summary>The offsets up to which logs are known to be on the disk: <c>recovery-point-offset-checkpoint</c>.</summary>
    public const string RecoveryPointsName = "recovery-point-offset-checkpoint";

    /// <summary>The first offsets that readers may see: <c>log-start-offset-checkpoint</c>.</summary>
    public const string LogStartOffsetsName = "log-start-offset-checkpoint";

    /// <summary>The offsets up to which compacted logs were compacted: <c>cleaner-offset-checkpoint</c>.</summary>
    public const string CleanerOffsetsName = "cleaner-offset-checkpoint";

    private static readonly IReadOnlyDictionary<TopicPartition, long> Nothing = new Dictionary<TopicPartition, long>();

    private readonly CheckpointFile<PartitionOffset> _file;

    /// <param name="files">Where the file lies.</param>
    /// <param name="directory">The root of the log directory.</param>
    /// <param name="name">One of the names above.</param>
    public OffsetCheckpoint(IFileSystem files, string directory, string name)
    {
        _file = new CheckpointFile<PartitionOffset>(files, System.IO.Path.Combine(directory, name));
    }

    public string Path => _file.Path;

    /// <summary>The offset of each partition. A partition that is named twice makes the file corrupt: nothing says which line is right.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public CheckpointRead<IReadOnlyDictionary<TopicPartition, long>> Read()
    {
        var read = _file.Read();
        var offsets = new Dictionary<TopicPartition, long>(read.Content.Count);
        foreach (var entry in read.Content)
        {
            if (!offsets.TryAdd(entry.Partition, entry.Offset))
            {
                return new CheckpointRead<IReadOnlyDictionary<TopicPartition, long>>(
                    CheckpointCondition.Corrupt,
                    Nothing,
                    $"The checkpoint '{Path}' is corrupt: line {offsets.Count + 3} names {entry.Partition} again.");
            }
        }

        return new CheckpointRead<IReadOnlyDictionary<TopicPartition, long>>(read.Condition, offsets, read.Fault);
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="IOException">The disk failed; the old content is still there.</exception>
    public void Write(IReadOnlyCollection<KeyValuePair<TopicPartition, long>> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        var entries = new List<PartitionOffset>(offsets.Count);
        foreach (var (partition, offset) in offsets)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(offsets));
            entries.Add(new PartitionOffset(partition, offset));
        }

        _file.Write(entries);
    }
}
