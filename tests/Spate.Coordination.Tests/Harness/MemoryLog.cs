using System.Runtime.CompilerServices;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Harness;

/// <summary>A log in memory that can be made to refuse, to hang, and to fail.</summary>
internal sealed class MemoryLog : ICoordinatorLog
{
    private TaskCompletionSource<AppendResult>? _held;
    private IReadOnlyList<CoordinatorRecord> _heldRecords = [];

    public List<CoordinatorRecord> Records { get; } = [];

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
        Assert.Null(_held);
        if (AppendFailure is { } failure)
        {
            AppendFailure = null;
            return ValueTask.FromException<AppendResult>(failure);
        }

        if (!Holds)
        {
            return ValueTask.FromResult(Commit(records, Verdict()));
        }

        _heldRecords = records;
        _held = new TaskCompletionSource<AppendResult>();
        return new ValueTask<AppendResult>(_held.Task);
    }

    /// <summary>Ends the append that hangs.</summary>
    public void Release(ErrorCode error = ErrorCode.None, Exception? failure = null)
    {
        var held = _held ?? throw new InvalidOperationException("No append hangs.");
        _held = null;
        var result = Commit(_heldRecords, error);
        if (failure is null)
        {
            held.SetResult(result);
        }
        else
        {
            held.SetException(failure);
        }
    }

    public async IAsyncEnumerable<CoordinatorRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ReadGate;
        if (ReadFailure is { } failure)
        {
            throw failure;
        }

        foreach (var record in Records.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The bytes last only until the next record: whoever keeps them is found out.
            var key = record.Key.ToArray();
            var value = record.Value?.ToArray();
            yield return value is null ? CoordinatorRecord.Tombstone(key) : new CoordinatorRecord(key, value);
            key.AsSpan().Fill(0xEE);
            value?.AsSpan().Fill(0xEE);
        }
    }

    private AppendResult Commit(IReadOnlyList<CoordinatorRecord> records, ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            return AppendResult.Refused(error);
        }

        Records.AddRange(records);
        Batches.Add(records.Count);
        return AppendResult.Committed(Records.Count - 1);
    }
}
