using Spate.Metadata.Log;
using Spate.Protocol.Records;
using Spate.Storage.Files;

namespace Spate.Broker.Cluster;

/// <summary>
/// Reads a snapshot's file (KIP-630): batches, of which the first begins with the control record that says "here it begins" and the last ends
/// with the one that says "here it ends", so that a file that was cut shows. Stateless.
/// </summary>
internal static class SnapshotReader
{
    /// <summary>Says in a clause why a file is no whole snapshot, or returns null when it is one. Reads all of it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static string? FindFault(IFileSystem files, string path)
    {
        try
        {
            foreach (var batch in Read(files, path))
            {
                // Reading is checking.
                _ = batch;
            }

            return null;
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>The batches between its two ends, the oldest first.</summary>
    /// <exception cref="InvalidDataException">It is no whole snapshot; the message says why, in a clause.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static IEnumerable<MetadataBatch> Read(IFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var length = file.Length;
        var position = 0L;
        var hasEnded = false;
        while (position < length)
        {
            var bytes = ReadBatch(file, position, length);
            if (position == 0)
            {
                Require(Type(bytes) == ControlRecordType.SnapshotHeader, "it does not begin as a snapshot");
            }
            else
            {
                Require(!hasEnded, $"it goes on behind its end, at byte {position}");
                hasEnded = Type(bytes) == ControlRecordType.SnapshotFooter;
            }

            position += bytes.Length;
            yield return Batch(bytes, position - bytes.Length);
        }

        Require(hasEnded, $"it breaks off at byte {length}");
    }

    private static MetadataBatch Batch(byte[] bytes, long position)
    {
        try
        {
            return MetadataBatches.Read(bytes);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{fault.Message}, at byte {position}", fault);
        }
    }

    private static byte[] ReadBatch(IStorageFile file, long position, long length)
    {
        var header = new byte[Math.Min(RecordBatchLayout.Records, length - position)];
        file.Read(header, position);
        _ = RecordBatchEnumerator.Measure(header, out var size);
        Require(size > 0 && size <= length - position, $"it breaks off at byte {position}");
        var batch = new byte[size];
        Require(file.Read(batch, position) == size, $"it breaks off at byte {position}");
        return batch;
    }

    /// <summary>What the first record of a control batch says; null for any other batch.</summary>
    private static ControlRecordType? Type(byte[] batch) =>
        RecordBatchHeader.TryRead(batch, out var header) && ControlBatch.ReadFirst(batch, header, out var key, out _) == RecordError.None ? key.Type : null;

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
