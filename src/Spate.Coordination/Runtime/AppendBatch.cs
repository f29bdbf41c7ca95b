namespace Spate.Coordination.Runtime;

/// <summary>Commands whose records go to the log together.</summary>
internal sealed class AppendBatch<TState>
{
    private readonly List<CoordinatorRecord> _records = [];
    private readonly List<PreparedAppend<TState>> _appends = [];

    public IReadOnlyList<CoordinatorRecord> Records => _records;

    public IReadOnlyList<PreparedAppend<TState>> Appends => _appends;

    /// <summary>Takes from the queue what fits, and always the first.</summary>
    public static AppendBatch<TState> Take(Queue<PreparedAppend<TState>> prepared, int bytesMax)
    {
        var batch = new AppendBatch<TState>();
        var size = 0L;
        while (prepared.TryPeek(out var next) && (batch._appends.Count == 0 || size + next.Size <= bytesMax))
        {
            size += next.Size;
            batch._appends.Add(prepared.Dequeue());
            batch._records.AddRange(next.Outcome.Records);
        }

        return batch;
    }
}
