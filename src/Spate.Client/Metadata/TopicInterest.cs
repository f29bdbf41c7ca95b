using System.Collections.Concurrent;

namespace Spate.Client.Metadata;

/// <summary>Somebody cares about a topic: it is kept up to date for as long as it is touched now and then. Safe for use by several threads at once.</summary>
/// <param name="topic">The topic's name.</param>
/// <param name="all">Every interest that counts.</param>
/// <param name="clock">The clock.</param>
internal sealed class TopicInterest(string topic, ConcurrentDictionary<string, TopicInterest> all, TimeProvider clock)
{
    private long _lastTouched = clock.GetTimestamp();
    private volatile bool _mayCreate;
    private volatile bool _isDropped;

    /// <summary>Somebody has named the topic, so that brokers may create it where it is missing. One that was only found by a pattern is not to come back after it was deleted.</summary>
    public bool MayCreate => _mayCreate;

    /// <summary>The topic matters, also where nobody had asked for it in so long that it was let go of: whoever holds this holds it for longer than that.</summary>
    public void Touch()
    {
        Volatile.Write(ref _lastTouched, clock.GetTimestamp());
        if (!_isDropped)
        {
            return;
        }

        _isDropped = false;
        if (all.GetOrAdd(topic, this) is var present && present != this)
        {
            _isDropped = true;
            present.Touch();
            if (_mayCreate)
            {
                present.AllowCreation();
            }
        }
    }

    public void AllowCreation() => _mayCreate = true;

    /// <summary>Lets go of the topic, if nobody has touched it in so long.</summary>
    public void DropIfIdleFor(TimeSpan time)
    {
        if (clock.GetElapsedTime(Volatile.Read(ref _lastTouched)) > time && all.TryRemove(new(topic, this)))
        {
            _isDropped = true;
        }
    }
}
