namespace Spate.Storage.Directories;

/// <summary>A partition's directory that is to go.</summary>
/// <param name="Directory">The root that it lies in.</param>
/// <param name="Path">Its path.</param>
/// <param name="Log">The log in it, open still; null when it was found at the start.</param>
internal readonly record struct DirectoryDeletion(LogDirectory Directory, string Path, PartitionLog? Log);
