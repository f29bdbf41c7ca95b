using Spate.Coordination.Runtime;

namespace Spate.Simulation.Cluster;

/// <summary>What compaction leaves of logs, by the rules of the topics' cleanup policies.</summary>
internal static class LogCompaction
{
    /// <summary>Up to the first transaction that is open, keeps the last committed record of each key, and the ends of transactions.</summary>
    public static List<LogEntry> Compact(IReadOnlyList<LogEntry> entries, bool keepsTombstones)
    {
        var outcomes = Outcomes(entries, out var stable);
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < stable; index++)
        {
            if (entries[index].IsCommit is null && outcomes[index])
            {
                last[KeyOf(entries[index])] = index;
            }
        }

        return [.. entries.Where((entry, index) => index >= stable || entry.IsCommit is not null
            || (outcomes[index] && last[KeyOf(entry)] == index && (keepsTombstones || entry.Record.Value is not null)))];
    }

    /// <summary>Drops what precedes the oldest snapshot that counts.</summary>
    public static List<LogEntry> Prune(IReadOnlyList<LogEntry> entries)
    {
        var snapshots = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < entries.Count; index++)
        {
            var record = entries[index].Record;
            if (RecordFormat.TypeOf(record) != 0)
            {
                continue;
            }

            if (record.Value is null)
            {
                snapshots.Remove(KeyOf(entries[index]));
            }
            else
            {
                snapshots[KeyOf(entries[index])] = index;
            }
        }

        return [.. entries.Skip(snapshots.Count == 0 ? entries.Count : snapshots.Values.Min())];
    }

    /// <summary>For each entry whether it counts, as far as that is decided.</summary>
    private static bool[] Outcomes(IReadOnlyList<LogEntry> entries, out int stable)
    {
        var counts = new bool[entries.Count];
        var open = new Dictionary<long, List<int>>();
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            if (entry.IsCommit is { } isCommit)
            {
                if (open.Remove(entry.ProducerId, out var ended))
                {
                    ended.ForEach(one => counts[one] = isCommit);
                }
            }
            else if (entry.ProducerId < 0)
            {
                counts[index] = true;
            }
            else if (open.TryGetValue(entry.ProducerId, out var pending))
            {
                pending.Add(index);
            }
            else
            {
                open.Add(entry.ProducerId, [index]);
            }
        }

        stable = open.Count == 0 ? entries.Count : open.Values.Min(static pending => pending[0]);
        return counts;
    }

    private static string KeyOf(LogEntry entry) => Convert.ToHexString(entry.Record.Key.Span);
}
