namespace Spate.Coordination.Runtime;

/// <summary>
/// What a command decided. Without records it has done its work already; with records nothing has changed yet: they are appended, then
/// applied, then <see cref="WhenCommitted"/> does the rest. When the log refuses them nothing has happened at all.
/// </summary>
public readonly struct CommandOutcome
{
    private readonly IReadOnlyList<CoordinatorRecord>? _records;

    private CommandOutcome(IReadOnlyList<CoordinatorRecord> records, ProducerStamp? producer, TransactionEnd? end, Action whenCommitted)
    {
        _records = records;
        Producer = producer;
        End = end;
        WhenCommitted = whenCommitted;
    }

    /// <summary>Nothing to write: the command is done, or its reply will come from a later one.</summary>
    public static CommandOutcome Done => default;

    public IReadOnlyList<CoordinatorRecord> Records => _records ?? [];

    /// <summary>Whose transaction the records are part of; null when of none.</summary>
    public ProducerStamp? Producer { get; }

    /// <summary>The transaction that is to end in this log; there are no records then.</summary>
    public TransactionEnd? End { get; }

    /// <summary>Runs after the records were applied; null without records.</summary>
    public Action? WhenCommitted { get; }

    /// <summary>Whether there is anything to write.</summary>
    public bool IsToBeWritten => Records.Count > 0 || End is not null;

    /// <summary>Records to append as one, and what follows when they are committed. Without records that follows at once.</summary>
    public static CommandOutcome Append(IReadOnlyList<CoordinatorRecord> records, Action whenCommitted) => Append(records, null, whenCommitted);

    /// <summary>Records that count only once a producer's transaction is committed; null for no transaction.</summary>
    /// <inheritdoc cref="Append(IReadOnlyList{CoordinatorRecord}, Action)"/>
    public static CommandOutcome Append(IReadOnlyList<CoordinatorRecord> records, ProducerStamp? producer, Action whenCommitted)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(whenCommitted);
        if (records.Count > 0)
        {
            return new CommandOutcome(records, producer, null, whenCommitted);
        }

        whenCommitted();
        return Done;
    }

    /// <summary>Ends a transaction in this log, and says what follows when its marker is committed.</summary>
    public static CommandOutcome EndTransaction(TransactionEnd end, Action whenCommitted)
    {
        ArgumentNullException.ThrowIfNull(whenCommitted);
        return new CommandOutcome([], null, end, whenCommitted);
    }
}
