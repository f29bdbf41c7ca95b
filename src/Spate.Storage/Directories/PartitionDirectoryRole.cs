namespace Spate.Storage.Directories;

/// <summary>What a partition's directory is for, by the end of its name.</summary>
public enum PartitionDirectoryRole
{
    /// <summary>The partition's log: <c>topic-3</c>.</summary>
    Current,

    /// <summary>A copy under way that will take the current log's place (KIP-113): <c>topic-3.id-future</c>.</summary>
    Future,

    /// <summary>A deleted log whose files go after <c>file.delete.delay.ms</c>: <c>topic-3.id-delete</c>.</summary>
    Deleted,

    /// <summary>A log that the cluster does not know (KIP-966): <c>topic-3.id-stray</c>.</summary>
    Stray,
}
