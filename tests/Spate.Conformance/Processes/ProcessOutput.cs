namespace Spate.Conformance.Processes;

/// <summary>
/// The lines of a running program, in the order of their arrival, and those who wait for some of them. Safe for use by several threads.
/// </summary>
internal sealed class ProcessOutput
{
    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly List<Waiter> _waiters = [];
    private bool _ended;

    /// <summary>What has been written so far.</summary>
    public IReadOnlyList<OutputLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits until the condition holds for what was written; fails with all of it when the program ends first or time runs out.</summary>
    /// <param name="condition">Asked after each line.</param>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="bound">How long at most.</param>
    public async Task WaitAsync(Func<IReadOnlyList<OutputLine>, bool> condition, string what, TimeSpan bound)
    {
        var waiter = new Waiter(condition);
        lock (_lock)
        {
            if (condition(_lines))
            {
                return;
            }

            if (_ended)
            {
                throw new InvalidOperationException($"The program ended before {what}. It wrote:\n{this}");
            }

            _waiters.Add(waiter);
        }

        try
        {
            if (!await waiter.Fulfilled.Task.WaitAsync(bound))
            {
                throw new InvalidOperationException($"The program ended before {what}. It wrote:\n{this}");
            }
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"Waited {bound.TotalSeconds} s in vain until {what}. The program wrote:\n{this}", timeout);
        }
    }

    /// <summary>Waits for a line that contains the text, in whatever case.</summary>
    public async Task<string> WaitForAsync(string text, TimeSpan bound)
    {
        bool Says(OutputLine line) => line.Text.Contains(text, StringComparison.OrdinalIgnoreCase);
        await WaitAsync(lines => lines.Any(Says), $"it said '{text}'", bound);
        return Lines.First(Says).Text;
    }

    public void Add(OutputLine line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            _waiters.RemoveAll(waiter => waiter.Condition(_lines) && waiter.Fulfilled.TrySetResult(true));
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _waiters.ForEach(waiter => waiter.Fulfilled.TrySetResult(false));
            _waiters.Clear();
        }
    }

    public override string ToString() => string.Join('\n', Lines);

    private sealed record Waiter(Func<IReadOnlyList<OutputLine>, bool> Condition)
    {
        public TaskCompletionSource<bool> Fulfilled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
