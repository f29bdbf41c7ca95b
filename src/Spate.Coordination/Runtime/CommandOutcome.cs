namespace Spate.Coordination.Runtime;

/// <summary>
/// What a command decided. Without records it has done its work already; with records nothing has changed yet: they are appended, then
/// applied, then <see cref="WhenCommitted"/> does the rest. When the log refuses them nothing has happened at all.
/// </summary>
public readonly struct CommandOutcome
{
    private readonly IReadOnlyList<CoordinatorRecord>? _records;

    private CommandOutcome(IReadOnlyList<CoordinatorRecord> records, Action whenCommitted)
    {
        _records = records;
        WhenCommitted = whenCommitted;
    }

    /// <summary>Nothing to write: the command is done, or its reply will come from a later one.</summary>
    public static CommandOutcome Done => default;

    public IReadOnlyList<CoordinatorRecord> Records => _records ?? [];

    /// <summary>Runs after the records were applied; null without records.</summary>
    public Action? WhenCommitted { get; }

    /// <summary>Records to append as one, and what follows when they are committed. Without records that follows at once.</summary>
    public static CommandOutcome Append(IReadOnlyList<CoordinatorRecord> records, Action whenCommitted)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(whenCommitted);
        if (records.Count > 0)
        {
            return new CommandOutcome(records, whenCommitted);
        }

        whenCommitted();
        return Done;
    }
}
