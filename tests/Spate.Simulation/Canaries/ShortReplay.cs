using System.Runtime.CompilerServices;
using Spate.Coordination.Runtime;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Canaries;

/// <summary>A log of which the last records are not read.</summary>
internal sealed class ShortReplay : Sabotage
{
    public override ICoordinatorLog Around(ICoordinatorLog log, LedPartition partition, Node node) => new Short(log);

    private sealed class Short(ICoordinatorLog log) : LogAround(log)
    {
        private const int Missing = 8;

        public override async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var entries = new List<LogEntry>();
            await foreach (var entry in base.ReadAsync(cancellationToken))
            {
                entries.Add(entry.IsCommit is not null ? entry : Copy(entry));
            }

            foreach (var entry in entries.Take(entries.Count - Missing))
            {
                yield return entry;
            }
        }

        private static LogEntry Copy(LogEntry entry)
        {
            var record = entry.Record.Value is { } value ? new CoordinatorRecord(entry.Record.Key.ToArray(), value.ToArray()) : CoordinatorRecord.Tombstone(entry.Record.Key.ToArray());
            return entry.ProducerId < 0 ? LogEntry.Of(record) : LogEntry.Pending(entry.ProducerId, record);
        }
    }
}
