namespace Spate.Client.Metadata;

/// <summary>Somebody cares about a topic: it is kept up to date for as long as it is touched now and then.</summary>
internal sealed class TopicInterest(TimeProvider clock)
{
    private long _lastTouched = clock.GetTimestamp();
    private volatile bool _mayCreate;

    /// <summary>Somebody has named the topic, so that brokers may create it where it is missing. One that was only found by a pattern is not to come back after it was deleted.</summary>
    public bool MayCreate => _mayCreate;

    public void Touch() => Volatile.Write(ref _lastTouched, clock.GetTimestamp());

    public void AllowCreation() => _mayCreate = true;

    public bool IsIdleFor(TimeSpan time) => clock.GetElapsedTime(Volatile.Read(ref _lastTouched)) > time;
}
