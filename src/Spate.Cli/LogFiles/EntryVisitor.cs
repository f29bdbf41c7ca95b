namespace Spate.Cli.LogFiles;

/// <summary>Told of the entries of a segment one after the other.</summary>
/// <param name="position">Where the entry starts in the file.</param>
/// <param name="entry">All of its bytes: a batch of magic 2, or a message of magic 0 or 1.</param>
internal delegate void EntryVisitor(long position, ReadOnlySpan<byte> entry);
