namespace Spate.Simulation.Worlds;

/// <summary>
/// What a thread pool would run at once, run one after the other on the simulation's own thread, in an order that the seed decides: whatever
/// order a pool could come to can come about here.
/// </summary>
internal sealed class Pump(Random random) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile string? _stranger;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _ready.Add((d, state));
        }
        else
        {
            _stranger = Environment.StackTrace;
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    public void Post(Action action) => _ready.Add((static action => ((Action)action!)(), action));

    /// <summary>Until nothing is left that could go on without time passing.</summary>
    /// <exception cref="InvalidOperationException">Something went on on another thread.</exception>
    public void Run()
    {
        while (_ready.Count > 0)
        {
            var index = _ready.Count == 1 ? 0 : random.Next(_ready.Count);
            var (callback, state) = _ready[index];
            _ready[index] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            callback(state);
        }

        if (_stranger is { } stranger)
        {
            throw new InvalidOperationException($"Something that is simulated went on on another thread, at a time that no seed decides:\n{stranger}");
        }
    }
}
