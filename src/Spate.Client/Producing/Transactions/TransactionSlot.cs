namespace Spate.Client.Producing.Transactions;

/// <summary>
/// The transaction that the sender's loop works for, if its producer has transactions at all. The loop looks once in each round, and says when it has let go of one: so nothing of the next is
/// taken for the one before.
/// </summary>
/// <param name="transactionalId">Null for a producer without transactions.</param>
internal sealed class TransactionSlot(string? transactionalId)
{
    private volatile TransactionScope? _next;
    private TaskCompletionSource? _leaving;

    /// <summary>Whether all records belong to transactions.</summary>
    public bool IsOn => transactionalId is not null;

    /// <inheritdoc cref="ProducerOptions.TransactionalId"/>
    public string TransactionalId => transactionalId!;

    /// <summary>The transaction under way; null between two of them. The loop's.</summary>
    public TransactionScope? Scope { get; private set; }

    /// <summary>Records are of this transaction from here on.</summary>
    public void Enter(TransactionScope scope) => _next = scope;

    /// <summary>The transaction is over: ends when the loop knows.</summary>
    public Task LeaveAsync()
    {
        var leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _next = null;
        Volatile.Write(ref _leaving, leaving);
        return leaving.Task;
    }

    /// <summary>Takes over what has been said since the last look. The loop's.</summary>
    public void Look()
    {
        var leaving = Interlocked.Exchange(ref _leaving, null);
        Scope = _next;
        leaving?.SetResult();
    }
}
