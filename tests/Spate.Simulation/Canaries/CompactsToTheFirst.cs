using Spate.Coordination.Runtime;

namespace Spate.Simulation.Canaries;

/// <summary>Compaction that keeps the first record of each key instead of the last.</summary>
internal sealed class CompactsToTheFirst : Sabotage
{
    public override List<LogEntry> Compact(IReadOnlyList<LogEntry> entries, bool keepsTombstones)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. entries.Where(entry => entry.IsCommit is not null || seen.Add(Convert.ToHexString(entry.Record.Key.Span)))];
    }
}
