using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>A log directory has gone offline.</summary>
/// <param name="Directory">Which one.</param>
/// <param name="Cause">The error that the disk gave.</param>
/// <param name="Partitions">The partitions whose logs were in it.</param>
/// <param name="IsLast">True when no directory is left online: the broker has nothing to serve any more.</param>
public sealed record LogDirectoryFailure(
    LogDirectory Directory, Exception Cause, IReadOnlyList<TopicPartition> Partitions, bool IsLast);
