namespace Spate.Simulation.Cluster;

/// <summary>The world's clock, as a node sees it: its timers end with it.</summary>
internal sealed class NodeClock(Node node, TimeProvider time) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(
        given =>
        {
            if (node.IsAlive)
            {
                callback(given);
            }
        },
        state,
        dueTime,
        period);
}
