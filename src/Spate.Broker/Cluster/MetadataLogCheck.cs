using Spate.Metadata.Images;
using Spate.Protocol.Records;
using Spate.Storage.Files;
using Spate.Storage.Segments;

namespace Spate.Broker.Cluster;

/// <summary>
/// Looks through the files of the log of decisions before they are opened as a log, because opening cuts off what is unsound. A decision is
/// flushed before the next one is written, so a crash can leave one torn batch, at the very end, that nobody was told of; anything else that
/// is unsound is damage to what was decided, and must be mended from a copy rather than forgotten.
/// </summary>
internal static class MetadataLogCheck
{
    /// <summary>Checks every batch of every segment.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="directory">The log's directory; it need not be there.</param>
    /// <param name="stoppedCleanly">Whether the log was closed, after which not even its end may be torn.</param>
    /// <exception cref="InvalidDataException">Something that was decided is damaged; the message says where.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Run(IFileSystem files, string directory, bool stoppedCleanly)
    {
        if (!files.DirectoryExists(directory))
        {
            return;
        }

        var segments = new List<(long BaseOffset, string Path)>();
        foreach (var path in files.ListFiles(directory))
        {
            if (SegmentFileNames.TryParse(Path.GetFileName(path), out var baseOffset, out var kind, out var state)
                && kind == SegmentFileNames.Log && state.Length == 0 && files.FileLength(path) > 0)
            {
                segments.Add((baseOffset, path));
            }
        }

        segments.Sort();
        var end = new MetadataPosition(segments.Count == 0 ? 0 : segments[0].BaseOffset, -1);
        for (var index = 0; index < segments.Count; index++)
        {
            var mayBeTorn = !stoppedCleanly && index == segments.Count - 1;
            end = CheckSegment(files, segments[index].Path, segments[index].BaseOffset, end, mayBeTorn);
        }
    }

    private static MetadataPosition CheckSegment(IFileSystem files, string path, long baseOffset, MetadataPosition end, bool mayBeTorn)
    {
        if (baseOffset != end.EndOffset)
        {
            throw new InvalidDataException($"The log of decisions ends at offset {end.EndOffset} before '{path}' begins: a file is missing. Put it back from a copy.");
        }

        using var file = files.Open(path, FileOpening.Read);
        var length = file.Length;
        for (var position = 0L; position < length;)
        {
            if (FindFault(file, position, length, end, out var size, out var behind, out var isWhole) is { } fault)
            {
                // Whole, but not what belongs here: no torn write leaves that.
                if (mayBeTorn && !isWhole && !IsAnySoundBehind(file, position, length, end.EndOffset))
                {
                    return end;
                }

                throw new InvalidDataException(
                    $"The log of decisions is damaged in '{path}' at byte {position}, offset {end.EndOffset} ({fault}), and what was decided there was acknowledged. Put the file back from a copy.");
            }

            position += size;
            end = behind;
        }

        return end;
    }

    /// <summary>Says in a few words why a batch cannot be the next one, or returns null when it is.</summary>
    private static string? FindFault(IStorageFile file, long position, long length, MetadataPosition end, out int size, out MetadataPosition behind, out bool isWhole)
    {
        isWhole = false;
        behind = end;
        var front = new byte[Math.Min(RecordBatchLayout.Records, length - position)];
        file.Read(front, position);
        var error = RecordBatchEnumerator.Measure(front, out size);
        if (size == 0 || size > length - position)
        {
            return $"{error}";
        }

        var batch = new byte[size];
        file.Read(batch, position);
        error = RecordBatchHeader.Validate(batch, out var header);
        behind = new MetadataPosition(header.NextOffset, header.PartitionLeaderEpoch);

        isWhole = error == RecordError.None;

        // Offset and epoch are not in the checksum.
        return error != RecordError.None ? $"{error}"
            : header.BaseOffset != end.EndOffset ? $"it says offset {header.BaseOffset}"
            : behind.Epoch < end.Epoch ? $"epoch {behind.Epoch} after {end.Epoch}"
            : null;
    }

    /// <summary>
    /// Whether a whole batch of a later offset lies anywhere behind a place that is unsound. Where it begins cannot be told from what is
    /// unsound before it, so every place is tried; the checksum says which one is a batch.
    /// </summary>
    private static bool IsAnySoundBehind(IStorageFile file, long position, long length, long next)
    {
        var rest = new byte[length - position];
        file.Read(rest, position);
        for (var start = 1; start + RecordBatchLayout.Records <= rest.Length; start++)
        {
            if (rest[start + RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic
                || RecordBatchEnumerator.Measure(rest.AsSpan(start), out var size) != RecordError.None)
            {
                continue;
            }

            if (RecordBatchHeader.Validate(rest.AsSpan(start, size), out var header) == RecordError.None && header.BaseOffset > next)
            {
                return true;
            }
        }

        return false;
    }
}
