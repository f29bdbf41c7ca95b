namespace Spate.Broker.Telemetry.Clients;

/// <summary>What came of clients' telemetry, counted. Safe for use by several threads at once.</summary>
public sealed class ClientTelemetryFigures
{
    private long _pushes;
    private long _unreadable;
    private long _throttled;
    private long _unknownSubscriptions;
    private long _values;
    private long _dropped;

    /// <summary>Pushes that came, those that were refused among them.</summary>
    public long Pushes => Volatile.Read(ref _pushes);

    /// <summary>Pushes whose content could not be read.</summary>
    public long UnreadablePushes => Volatile.Read(ref _unreadable);

    /// <summary>Requests that came too early.</summary>
    public long ThrottledRequests => Volatile.Read(ref _throttled);

    /// <summary>Pushes of something that is not asked for, or not any more.</summary>
    public long UnknownSubscriptions => Volatile.Read(ref _unknownSubscriptions);

    /// <summary>Values that were pushed.</summary>
    public long Values => Volatile.Read(ref _values);

    /// <summary>Values that were pushed and not kept, for want of room or because their names were too long.</summary>
    public long DroppedValues => Volatile.Read(ref _dropped);

    internal void Pushed() => Interlocked.Increment(ref _pushes);

    internal void Unreadable() => Interlocked.Increment(ref _unreadable);

    internal void Throttled() => Interlocked.Increment(ref _throttled);

    internal void UnknownSubscription() => Interlocked.Increment(ref _unknownSubscriptions);

    internal void Taken(int values, int dropped)
    {
        Interlocked.Add(ref _values, values);
        Interlocked.Add(ref _dropped, dropped);
    }
}
