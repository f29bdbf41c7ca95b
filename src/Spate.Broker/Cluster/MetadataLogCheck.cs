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
        var next = segments.Count == 0 ? 0 : segments[0].BaseOffset;
        for (var index = 0; index < segments.Count; index++)
        {
            var mayBeTorn = !stoppedCleanly && index == segments.Count - 1;
            next = CheckSegment(files, segments[index].Path, segments[index].BaseOffset, next, mayBeTorn);
        }
    }

    private static long CheckSegment(IFileSystem files, string path, long baseOffset, long next, bool mayBeTorn)
    {
        if (baseOffset != next)
        {
            throw new InvalidDataException($"The log of decisions ends at offset {next} before '{path}' begins: a file is missing. Put it back from a copy.");
        }

        using var file = files.Open(path, FileOpening.Read);
        var length = file.Length;
        for (var position = 0L; position < length;)
        {
            var error = ReadBatch(file, position, length, next, out var size, out var behind);
            if (error != RecordError.None)
            {
                if (mayBeTorn && !IsAnySoundBehind(file, position, length, next))
                {
                    return next;
                }

                throw new InvalidDataException(
                    $"The log of decisions is damaged in '{path}' at byte {position}, offset {next} ({error}), and what was decided there was acknowledged. Put the file back from a copy.");
            }

            position += size;
            next = behind;
        }

        return next;
    }

    private static RecordError ReadBatch(IStorageFile file, long position, long length, long next, out int size, out long behind)
    {
        behind = next;
        var front = new byte[Math.Min(RecordBatchLayout.Records, length - position)];
        file.Read(front, position);
        var error = RecordBatchEnumerator.Measure(front, out size);
        if (size == 0 || size > length - position)
        {
            return error == RecordError.None ? RecordError.Incomplete : error;
        }

        var batch = new byte[size];
        file.Read(batch, position);
        error = RecordBatchHeader.Validate(batch, out var header);
        if (error == RecordError.None && header.BaseOffset != next)
        {
            error = RecordError.InvalidOffset;
        }

        behind = header.NextOffset;
        return error;
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
