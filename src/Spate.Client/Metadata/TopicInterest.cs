namespace Spate.Client.Metadata;

/// <summary>Somebody cares about a topic: it is kept up to date for as long as it is touched now and then.</summary>
internal sealed class TopicInterest(TimeProvider clock)
{
    private long _lastTouched = clock.GetTimestamp();

    public void Touch() => Volatile.Write(ref _lastTouched, clock.GetTimestamp());

    public bool IsIdleFor(TimeSpan time) => clock.GetElapsedTime(Volatile.Read(ref _lastTouched)) > time;
}
