using System.Runtime.CompilerServices;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A log in memory that can be made to refuse, to hang, and to fail.</summary>
internal sealed class MemoryLog : ICoordinatorLog
{
    private TaskCompletionSource<AppendResult>? _held;
    private IReadOnlyList<LogEntry> _heldEntries = [];

    /// <summary>All that the log holds, the ends of transactions among it.</summary>
    public List<LogEntry> Entries { get; } = [];

    /// <summary>The records that are of no transaction.</summary>
    public IReadOnlyList<CoordinatorRecord> Records => [.. Entries.Where(entry => entry is { ProducerId: < 0, IsCommit: null }).Select(entry => entry.Record)];

    /// <summary>Whose transactions have been ended here, in order.</summary>
    public List<TransactionEnd> Ends { get; } = [];

    /// <summary>How many records each committed append had.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>Says of each append why it is refused; None commits it.</summary>
    public Func<ErrorCode> Verdict { get; set; } = () => ErrorCode.None;

    /// <summary>Thrown by the next append, which then leaves nothing behind.</summary>
    public Exception? AppendFailure { get; set; }

    /// <summary>Thrown by reads.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Appends wait until <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>Reads wait for this first.</summary>
    public Task ReadGate { get; set; } = Task.CompletedTask;

    public bool HasHeldAppend => _held is not null;

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records)
    {
        Assert.NotEmpty(records);
        return AppendAsync([.. records.Select(LogEntry.Of)]);
    }

    public ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records)
    {
        Assert.NotEmpty(records);
        return AppendAsync([.. records.Select(record => LogEntry.Pending(producer.ProducerId, record))]);
    }

    public ValueTask<AppendResult> AppendEndAsync(TransactionEnd end)
    {
        Ends.Add(end);
        return AppendAsync([LogEntry.End(end.ProducerId, end.IsCommit)]);
    }

    private ValueTask<AppendResult> AppendAsync(IReadOnlyList<LogEntry> entries)
    {
        Assert.Null(_held);
        if (AppendFailure is { } failure)
        {
            AppendFailure = null;
            return ValueTask.FromException<AppendResult>(failure);
        }

        if (!Holds)
        {
            return ValueTask.FromResult(Commit(entries, Verdict()));
        }

        _heldEntries = entries;
        _held = new TaskCompletionSource<AppendResult>();
        return new ValueTask<AppendResult>(_held.Task);
    }

    /// <summary>Ends the append that hangs.</summary>
    public void Release(ErrorCode error = ErrorCode.None, Exception? failure = null)
    {
        var held = _held ?? throw new InvalidOperationException("No append hangs.");
        _held = null;
        var result = Commit(_heldEntries, error);
        if (failure is null)
        {
            held.SetResult(result);
        }
        else
        {
            held.SetException(failure);
        }
    }

    public async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ReadGate;
        if (ReadFailure is { } failure)
        {
            throw failure;
        }

        var offset = 0L;
        foreach (var entry in Entries.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsCommit is not null)
            {
                yield return entry.At(offset++);
                continue;
            }

            // The bytes last only until the next record: whoever keeps them is found out.
            var key = entry.Record.Key.ToArray();
            var value = entry.Record.Value?.ToArray();
            var record = value is null ? CoordinatorRecord.Tombstone(key) : new CoordinatorRecord(key, value);
            yield return (entry.ProducerId < 0 ? LogEntry.Of(record) : LogEntry.Pending(entry.ProducerId, record)).At(offset++);
            key.AsSpan().Fill(0xEE);
            value?.AsSpan().Fill(0xEE);
        }
    }

    private AppendResult Commit(IReadOnlyList<LogEntry> entries, ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            return AppendResult.Refused(error);
        }

        Entries.AddRange(entries);
        Batches.Add(entries.Count);
        return AppendResult.Committed(Entries.Count - 1);
    }
}
