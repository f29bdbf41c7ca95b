namespace Spate.Coordination.Runtime;

/// <summary>What a log has at one place: a record, a record that is part of a transaction, or the end of one.</summary>
public readonly record struct LogEntry
{
    private const long NoProducer = -1;
    private const long NoOffset = -1;

    private LogEntry(CoordinatorRecord record, long producerId, bool? isCommit)
    {
        Offset = NoOffset;
        Record = record;
        ProducerId = producerId;
        IsCommit = isCommit;
    }

    /// <summary>The record; of no meaning at the end of a transaction.</summary>
    public CoordinatorRecord Record { get; }

    /// <summary>The producer whose transaction it belongs to or ends; -1 outside of transactions.</summary>
    public long ProducerId { get; }

    /// <summary>How a transaction ends here; null for a record.</summary>
    public bool? IsCommit { get; }

    /// <summary>Where it lies in the log; -1 where nobody has said.</summary>
    public long Offset { get; private init; }

    public static LogEntry Of(CoordinatorRecord record) => new(record, NoProducer, null);

    public static LogEntry Pending(long producerId, CoordinatorRecord record) => new(record, producerId, null);

    public static LogEntry End(long producerId, bool isCommit) => new(default, producerId, isCommit);

    /// <summary>The same, of which is known where it lies.</summary>
    public LogEntry At(long offset) => this with { Offset = offset };

    /// <summary>Has a state machine take it in.</summary>
    public void ApplyTo(ICoordinatorState state)
    {
        if (IsCommit is { } isCommit)
        {
            state.ApplyEnd(ProducerId, isCommit);
        }
        else if (ProducerId != NoProducer)
        {
            state.ApplyPending(ProducerId, Record);
        }
        else
        {
            state.Apply(Record);
        }

        if (Offset != NoOffset)
        {
            state.AppliedAt(Offset);
        }
    }
}
