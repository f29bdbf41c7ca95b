namespace Spate.Storage.Directories;

/// <summary>A directory of a partition in a log directory.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Name">What its name says.</param>
public readonly record struct PartitionDirectory(string Path, PartitionDirectoryName Name);
