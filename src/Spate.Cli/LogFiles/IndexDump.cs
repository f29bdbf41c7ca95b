using System.Globalization;
using Spate.Protocol.Records;
using Spate.Storage.Indexes;
using Spate.Storage.Transactions;

namespace Spate.Cli.LogFiles;

/// <summary>Shows the three indexes of a segment, and checks them against the segment beside them.</summary>
internal static class IndexDump
{
    public static void Offsets(string path, string file, long baseOffset, DumpOptions options, DumpReport report)
    {
        var ends = options.Verify ? BatchEnds(path, options.Cancellation) : null;
        Run<OffsetIndexEntry>(path, file, "offset index", baseOffset, options, report, (entry, isShown) =>
        {
            if (isShown)
            {
                report.OffsetEntries.Add(file, baseOffset + entry.RelativeOffset, entry.Position);
            }

            return ends is null || (ends.TryGetValue(entry.Position, out var last) && last == baseOffset + entry.RelativeOffset)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"it says that the batch at {entry.Position} ends with offset {baseOffset + entry.RelativeOffset}, and {(ends.TryGetValue(entry.Position, out var actual) ? $"that one ends with {actual}" : "none starts there")}");
        });
    }

    public static void Times(string path, string file, long baseOffset, DumpOptions options, DumpReport report) =>
        Run<TimeIndexEntry>(path, file, "time index", baseOffset, options, report, (entry, isShown) =>
        {
            if (isShown)
            {
                report.TimeEntries.Add(file, entry.Timestamp >= 0 ? DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp) : null, baseOffset + entry.RelativeOffset);
            }

            return null;
        });

    public static void Transactions(string path, string file, DumpOptions options, DumpReport report)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var (count, last, fault) = (0L, -1L, bytes.Length % AbortedTransaction.Size == 0 ? null : "it ends with half an entry");
        for (; bytes.Length >= AbortedTransaction.Size; bytes = bytes[AbortedTransaction.Size..])
        {
            if (!AbortedTransaction.TryRead(bytes, out var entry) || entry.LastOffset <= last)
            {
                fault ??= string.Create(CultureInfo.InvariantCulture, $"entry {count} is of a version that is not known, or out of order");
            }

            last = entry.LastOffset;
            if (count++ < options.CountMax)
            {
                report.Aborted.Add(file, entry.ProducerId, entry.FirstOffset, entry.LastOffset, entry.LastStableOffset);
            }
        }

        report.AddFile(file, "transaction index", new FileInfo(path).Length, count, options.Verify ? fault : null);
    }

    private static void Run<TEntry>(string path, string file, string kind, long baseOffset, DumpOptions options, DumpReport report, Func<TEntry, bool, string?> visit)
        where TEntry : struct, IIndexEntry<TEntry>
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        string? fault = bytes.Length % TEntry.Size == 0 ? null : "it ends with half an entry";
        var (count, previous) = (0L, (TEntry?)null);
        for (; bytes.Length >= TEntry.Size; bytes = bytes[TEntry.Size..])
        {
            // An index may be made as large as it can get, and be cut when its segment is full: zeros behind its entries are room.
            if (bytes.IndexOfAnyExcept((byte)0) < 0)
            {
                break;
            }

            var entry = TEntry.Read(bytes);
            var wrong = visit(entry, count < options.CountMax);
            fault ??= previous is { } before && !entry.Follows(before)
                ? string.Create(CultureInfo.InvariantCulture, $"entry {count} (offset {baseOffset + entry.RelativeOffset}) does not follow the one before it (offset {baseOffset + before.RelativeOffset})")
                : wrong;
            previous = entry;
            count++;
        }

        report.AddFile(file, kind, new FileInfo(path).Length, count, options.Verify ? fault : null);
    }

    /// <summary>The last offset of each batch of the segment beside an index, by its position; null when there is no segment.</summary>
    private static Dictionary<long, long>? BatchEnds(string index, CancellationToken cancellation)
    {
        var segment = Path.ChangeExtension(index, ".log");
        if (!File.Exists(segment))
        {
            return null;
        }

        var ends = new Dictionary<long, long>();
        SegmentScan.Walk(segment, (position, entry) =>
        {
            ends[position] = RecordBatchHeader.TryRead(entry, out var header) ? header.LastOffset : LegacyMessage.Read(entry, out var message) == RecordError.None ? message.Offset : -1;
        }, cancellation);
        return ends;
    }
}
