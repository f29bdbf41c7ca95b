using Microsoft.Extensions.Logging;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>What <see cref="LogDirectories"/> need to be opened.</summary>
public sealed record LogDirectoriesOptions
{
    public required IFileSystem Files { get; init; }

    /// <summary>The roots: <c>log.dirs</c>, or <c>log.dir</c>. At least one.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The cluster that this broker belongs to.</summary>
    public required string ClusterId { get; init; }

    /// <summary>This broker's id: <c>node.id</c>.</summary>
    public required int NodeId { get; init; }

    /// <summary>Gives ids to new directories.</summary>
    public required Random Random { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>
    /// Told once of each directory that goes offline while the broker runs, by the thread that met the error. The partitions named are
    /// gone until the next start. Locks of storage are held meanwhile: it is to note what it is told and return.
    /// </summary>
    public required Action<LogDirectoryFailure> OnFailure { get; init; }
}
