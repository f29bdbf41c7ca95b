using System.Buffers;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Cli.LogFiles;

/// <summary>Walks a segment's file, or a snapshot of the log of decisions, which is made likewise.</summary>
internal static class SegmentScan
{
    /// <summary>Bytes that say how long an entry is.</summary>
    private const int Front = 17;

    /// <summary>A larger batch is taken for bytes that are none: no broker takes one.</summary>
    private const int EntryBytesMax = 512 * 1024 * 1024;

    /// <summary>The most that a batch may come to when it is decompressed.</summary>
    private const int BatchBytesMax = 1024 * 1024 * 1024;

    /// <returns>What is wrong with the bytes behind the last whole entry, in a clause; null when nothing is there.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public static string? Walk(string path, EntryVisitor visit, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        var front = new byte[Front];
        for (var position = 0L; position < length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, front, position);
            var error = RecordBatchEnumerator.Measure(front.AsSpan(0, read), out var size);

            // A segment is made longer before it is written to: zeros behind the last batch are room.
            if (size == 0 && read > 0 && front.AsSpan(0, read).IndexOfAnyExcept((byte)0) < 0)
            {
                return null;
            }

            if (size == 0 || size > EntryBytesMax || position + size > length)
            {
                return $"the {length - position} bytes from {position} on are no whole batch ({(size > 0 ? RecordError.Incomplete : error)})";
            }

            var entry = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                if (!ReadAll(file, entry.AsSpan(0, size), position))
                {
                    return $"the file ended while it was read, at {position}";
                }

                visit(position, entry.AsSpan(0, size));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(entry);
            }

            position += size;
        }

        return null;
    }

    /// <summary>What is wrong with an entry, in a clause: checksum, counts, and every record in it; null when nothing is.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> entry)
    {
        if (entry[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return LegacyMessage.Read(entry, out _) is var error and not RecordError.None ? $"{error}" : null;
        }

        using var scratch = new PooledBuffer();
        var fault = RecordBatchHeader.Validate(entry, out var header);
        return fault == RecordError.None ? RecordBatch.Inspect(entry, header, BatchBytesMax, scratch, out _) is var inner and not RecordError.None ? $"{inner}" : null : $"{fault}";
    }

    private static bool ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> destination, long position)
    {
        for (var done = 0; done < destination.Length;)
        {
            var read = RandomAccess.Read(file, destination[done..], position + done);
            if (read == 0)
            {
                return false;
            }

            done += read;
        }

        return true;
    }
}
