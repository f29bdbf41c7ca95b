namespace Spate.Coordination.Runtime;

/// <summary>
/// Commands whose records go to the log together. A batch belongs to one transaction or to none, and the end of a transaction stands alone.
/// </summary>
internal sealed class AppendBatch<TState>
{
    private readonly List<CoordinatorRecord> _records = [];
    private readonly List<PreparedAppend<TState>> _appends = [];

    public IReadOnlyList<CoordinatorRecord> Records => _records;

    public IReadOnlyList<PreparedAppend<TState>> Appends => _appends;

    private CommandOutcome First => _appends[0].Outcome;

    /// <summary>Takes from the queue what fits, and always the first.</summary>
    public static AppendBatch<TState> Take(Queue<PreparedAppend<TState>> prepared, int bytesMax)
    {
        var batch = new AppendBatch<TState>();
        var size = 0L;
        while (prepared.TryPeek(out var next) && (batch._appends.Count == 0 || (size + next.Size <= bytesMax && batch.Admits(next.Outcome))))
        {
            size += next.Size;
            batch._appends.Add(prepared.Dequeue());
            batch._records.AddRange(next.Outcome.Records);
        }

        return batch;
    }

    /// <summary>Hands the batch to the log.</summary>
    public ValueTask<AppendResult> AppendTo(ICoordinatorLog log) =>
        First.End is { } end ? log.AppendEndAsync(end)
        : First.Producer is { } producer ? log.AppendPendingAsync(producer, _records)
        : log.AppendAsync(_records);

    private bool Admits(in CommandOutcome next) => First.End is null && next.End is null && First.Producer == next.Producer;
}
