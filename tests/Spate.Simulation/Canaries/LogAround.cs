using Spate.Coordination.Runtime;

namespace Spate.Simulation.Canaries;

/// <summary>A log around another one, for canaries that change one thing about it.</summary>
internal class LogAround(ICoordinatorLog log) : ICoordinatorLog
{
    public virtual ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) => log.AppendAsync(records);

    public virtual ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records) => log.AppendPendingAsync(producer, records);

    public virtual ValueTask<AppendResult> AppendEndAsync(TransactionEnd end) => log.AppendEndAsync(end);

    public virtual IAsyncEnumerable<LogEntry> ReadAsync(CancellationToken cancellationToken) => log.ReadAsync(cancellationToken);
}
