using Spate.Broker.Fetching;
using Spate.Broker.Partitions;

namespace Spate.Broker.Shares.Fetching;

/// <summary>Wakes one waiting fetch when one thing changes.</summary>
internal sealed class ShareWake : IAppendWatcher
{
    private readonly IWatched _watched;
    private readonly FetchWait _wait;
    private volatile bool _isOn;

    private ShareWake(IWatched watched, FetchWait wait) => (_watched, _wait) = (watched, wait);

    /// <summary>Asks to be told of the next change, unless it is asked for already. Whoever calls looks once more afterwards.</summary>
    /// <param name="watched">What may change.</param>
    /// <param name="wait">Whom to wake.</param>
    /// <param name="before">What was asked for before.</param>
    public static ShareWake On(IWatched watched, FetchWait wait, ShareWake? before)
    {
        if (before is not null && before._watched != watched)
        {
            before.Leave();
            before = null;
        }

        var wake = before ?? new ShareWake(watched, wait);
        if (!wake._isOn)
        {
            wake._isOn = true;
            watched.Watch(wake);
        }

        return wake;
    }

    public void Leave() => _watched.Unwatch(this);

    public void PartitionChanged()
    {
        _isOn = false;
        _wait.Wake();
    }
}
