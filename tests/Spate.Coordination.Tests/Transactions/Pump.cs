namespace Spate.Coordination.Tests.Transactions;

/// <summary>Runs what is awaited on the test's own thread, in its order, so that a seed tells all that happens.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public void Run()
    {
        while (_posted.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }
}
