using Spate.Coordination.Runtime;

namespace Spate.Benchmarks.Samples;

/// <summary>A coordinator's log that commits at once and keeps nothing, so that what is measured is the coordinator.</summary>
internal sealed class CommittingLog : ICoordinatorLog
{
    private long _offset;

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) => Commit(records.Count);

    public ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records) => Commit(records.Count);

    public ValueTask<AppendResult> AppendEndAsync(TransactionEnd end) => Commit(1);

    public IAsyncEnumerable<LogEntry> ReadAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<LogEntry>();

    private ValueTask<AppendResult> Commit(int records) => ValueTask.FromResult(AppendResult.Committed((_offset += records) - 1));
}
