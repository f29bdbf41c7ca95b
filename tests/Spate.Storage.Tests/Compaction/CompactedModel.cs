using Spate.Storage.Compaction;

namespace Spate.Storage.Tests.Compaction;

/// <summary>Everything that was ever appended to a log, and what follows of it for what the log must hold now.</summary>
internal sealed class CompactedModel(long deleteRetentionMs)
{
    private readonly SortedDictionary<long, LogRecord> _records = [];
    private readonly HashSet<long> _aborted = [];
    private readonly HashSet<long> _open = [];

    /// <summary>When each tombstone was first cleaned while it was the last of its key.</summary>
    private readonly Dictionary<long, long> _cleanedAt = [];

    /// <summary>Everything before it has been cleaned.</summary>
    public long CleanEnd { get; private set; }

    public void Add(IEnumerable<LogRecord> records, bool isOpen)
    {
        foreach (var record in records)
        {
            _records.Add(record.Offset, record);
            if (isOpen)
            {
                _open.Add(record.Offset);
            }
        }
    }

    public void EndTransaction(long producerId, bool commit)
    {
        foreach (var offset in _open.Where(offset => _records[offset].ProducerId == producerId).ToArray())
        {
            _open.Remove(offset);
            if (!commit)
            {
                _aborted.Add(offset);
            }
        }
    }

    public void TruncateTo(long end)
    {
        foreach (var gone in _records.Keys.Where(offset => offset >= end).ToArray())
        {
            _records.Remove(gone);
            _aborted.Remove(gone);
            _open.Remove(gone);
            _cleanedAt.Remove(gone);
        }

        CleanEnd = Math.Min(CleanEnd, end);
    }

    public void Cleaned(CleaningResult result, long now)
    {
        CleanEnd = result.EndOffset;
        foreach (var tombstone in LastCommitted(long.MaxValue).Values.Where(record => record.Value is null && record.Offset < CleanEnd))
        {
            _cleanedAt.TryAdd(tombstone.Offset, now);
        }
    }

    /// <summary>What consumers of committed records must come to know, up to an offset.</summary>
    public SortedDictionary<string, string> State(long start, long end) =>
        LogContent.StateOf(Committed(end).Where(record => record.Offset >= start));

    public void Check(PartitionLog log, long now)
    {
        var all = LogContent.ReadAll(log);
        var present = all.ToDictionary(record => record.Offset);
        Assert.Equal(all.Select(record => record.Offset).Order(), all.Select(record => record.Offset));
        Assert.All(all.Where(record => !record.IsControl), record => Assert.Equal(_records[record.Offset], record));

        var start = log.LogStartOffset;
        Assert.Equal(State(start, log.LogEndOffset), LogContent.StateOf(Visible(all)));
        Assert.Equal(State(start, log.LastStableOffset), LogContent.StateOf(LogContent.ReadCommitted(log)));
        Assert.DoesNotContain(LogContent.ReadCommitted(log), record => _aborted.Contains(record.Offset) || record.IsControl);

        // Behind the cleaned part nothing is missing but what was aborted.
        foreach (var (offset, record) in _records)
        {
            if (offset >= Math.Max(CleanEnd, start) && !_aborted.Contains(offset))
            {
                Assert.True(present.ContainsKey(offset), $"{record} is behind the cleaned part and has gone.");
            }
        }

        var clean = all.Where(record => !record.IsControl && record.Offset < CleanEnd).ToArray();
        Assert.DoesNotContain(clean, record => _aborted.Contains(record.Offset));
        Assert.Equal(clean.Length, clean.Select(record => record.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.All(clean, record => Assert.NotNull(record.Key));
        CheckTombstones(start, now, present);
    }

    private void CheckTombstones(long start, long now, Dictionary<long, LogRecord> present)
    {
        foreach (var tombstone in LastCommitted(long.MaxValue).Values.Where(record => record.Value is null && record.Offset >= start))
        {
            var mayBeGone = _cleanedAt.TryGetValue(tombstone.Offset, out var since) && now >= since + deleteRetentionMs;
            Assert.True(mayBeGone || present.ContainsKey(tombstone.Offset), $"{tombstone} has gone before its time.");
        }
    }

    /// <summary>Tombstones that must not be there any more after a cleaning at a time.</summary>
    public IEnumerable<long> Overdue(long now) =>
        _cleanedAt.Where(cleaned => now >= cleaned.Value + deleteRetentionMs && cleaned.Key < CleanEnd).Select(cleaned => cleaned.Key);

    private IEnumerable<LogRecord> Visible(IEnumerable<LogRecord> records) =>
        records.Where(record => !record.IsControl && !_aborted.Contains(record.Offset) && !_open.Contains(record.Offset));

    private IEnumerable<LogRecord> Committed(long end) =>
        _records.Values.Where(record => record.Offset < end && !_aborted.Contains(record.Offset) && !_open.Contains(record.Offset));

    private Dictionary<string, LogRecord> LastCommitted(long end)
    {
        var last = new Dictionary<string, LogRecord>(StringComparer.Ordinal);
        foreach (var record in Committed(end).Where(record => record.Key is not null))
        {
            last[record.Key!] = record;
        }

        return last;
    }
}
