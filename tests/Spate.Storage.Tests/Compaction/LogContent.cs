using System.Text;
using Spate.Protocol.Records;
using Spate.Storage.Tests.Logs;
using Spate.Storage.Transactions;

namespace Spate.Storage.Tests.Compaction;

/// <summary>Reads logs as followers and consumers do.</summary>
internal static class LogContent
{
    private const int MaximumBytes = 1 << 24;

    /// <summary>Every record, in the order in which a follower gets them.</summary>
    public static List<LogRecord> ReadAll(PartitionLog log, int maxBytes = 1000) => Read(log, FetchBound.LogEnd, maxBytes);

    /// <summary>What a consumer of committed records gets.</summary>
    public static List<LogRecord> ReadCommitted(PartitionLog log, int maxBytes = 1000) => Read(log, FetchBound.LastStable, maxBytes);

    /// <summary>The value of each key that has one.</summary>
    public static SortedDictionary<string, string> StateOf(IEnumerable<LogRecord> records)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in records.Where(record => record.Key is not null))
        {
            if (record.Value is null)
            {
                state.Remove(record.Key!);
            }
            else
            {
                state[record.Key!] = record.Value;
            }
        }

        return state;
    }

    /// <summary>The headers of all batches of magic 2.</summary>
    public static List<RecordBatchHeader> Headers(PartitionLog log)
    {
        var headers = new List<RecordBatchHeader>();
        foreach (var bytes in Batches(log))
        {
            if (RecordBatchHeader.TryRead(bytes, out var header))
            {
                headers.Add(header);
            }
        }

        return headers;
    }

    /// <summary>The bytes of every entry.</summary>
    public static List<byte[]> Batches(PartitionLog log)
    {
        var batches = new List<byte[]>();
        foreach (var segment in log.Segments)
        {
            using var lease = segment.LogFile.Lease();
            var bytes = new byte[segment.Size];
            Assert.Equal(bytes.Length, lease.File.Read(bytes, 0));
            var walk = new RecordBatchEnumerator(bytes);
            while (walk.MoveNext())
            {
                batches.Add(walk.Current.ToArray());
            }

            Assert.Equal(RecordError.None, walk.Error);
        }

        return batches;
    }

    /// <summary>The records of one entry of any magic.</summary>
    public static List<LogRecord> Decode(byte[] entry)
    {
        var records = new List<LogRecord>();
        RecordBatchHeader header = default;
        if (entry[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic)
        {
            Assert.Equal(RecordError.None, RecordBatchHeader.Validate(entry, out header));
        }

        foreach (var record in OwnedRecord.ReadAll(entry, MaximumBytes))
        {
            records.Add(new LogRecord(record.Offset, record.IsControl ? null : Text(record.Key), record.IsControl ? null : Text(record.Value), record.Timestamp)
            {
                IsControl = record.IsControl,
                ProducerId = entry[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic ? header.ProducerId : -1,
                LeaderEpoch = entry[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic ? header.PartitionLeaderEpoch : -1,
                Headers = record.Headers.Length,
            });
        }

        return records;
    }

    private static List<LogRecord> Read(PartitionLog log, FetchBound bound, int maxBytes)
    {
        var records = new List<LogRecord>();
        var offset = log.LogStartOffset;
        while (true)
        {
            var result = log.Read(offset, maxBytes, bound, atLeastOneBatch: true);
            Assert.False(result.IsOutOfRange, $"Offset {offset} is out of range.");
            using var source = result.Records;
            if (source.Length == 0)
            {
                return records;
            }

            var next = AddFetched(LogHarness.ToArray(source), offset, result.AbortedTransactions ?? [], bound, records);
            Assert.True(next > offset, $"Reading does not go on behind offset {offset}.");
            offset = next;
        }
    }

    private static long AddFetched(
        byte[] bytes, long from, IReadOnlyList<AbortedTransaction> aborted, FetchBound bound, List<LogRecord> records)
    {
        var next = from;
        var ahead = new Queue<AbortedTransaction>(aborted.OrderBy(transaction => transaction.FirstOffset));
        var open = new HashSet<long>();
        var walk = new RecordBatchEnumerator(bytes);
        while (walk.MoveNext())
        {
            var entry = walk.Current.ToArray();
            var decoded = Decode(entry);
            if (!RecordBatchHeader.TryRead(entry, out var header))
            {
                records.AddRange(decoded.Where(record => record.Offset >= from));
                next = Math.Max(next, walk.Offset + 1);
                continue;
            }

            while (ahead.TryPeek(out var transaction) && transaction.FirstOffset <= header.LastOffset)
            {
                open.Add(ahead.Dequeue().ProducerId);
            }

            if (header.IsControl && IsAbort(entry, header))
            {
                open.Remove(header.ProducerId);
            }

            var isVisible = bound == FetchBound.LogEnd || (!header.IsControl && !(header.IsTransactional && open.Contains(header.ProducerId)));
            records.AddRange(decoded.Where(record => isVisible && record.Offset >= from));
            next = Math.Max(next, header.NextOffset);
        }

        return next;
    }

    private static bool IsAbort(byte[] batch, in RecordBatchHeader header) =>
        ControlBatch.ReadEndTransaction(batch, header, out var type, out _) == RecordError.None && type == ControlRecordType.Abort;

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
