using Spate.Broker.Partitions;
using Spate.Protocol.Messages;

namespace Spate.Broker.Fetching;

/// <summary>
/// One partition that a fetch, or a session, reads: where it goes on, and what its client knows already. All of it belongs to the one request
/// that is being answered, but for the links under the lock of <see cref="FetchedPartitions"/>.
/// </summary>
internal sealed class FetchedPartition(FetchedPartitions owner, FetchKey key) : IAppendWatcher
{
    /// <summary>What no log can have: whatever is found is news.</summary>
    private const long NothingTold = -2;

    private Partition? _watched;
    private volatile bool _isWatching;

    public FetchKey Key { get; } = key;

    /// <summary>The topic's name, once the partition was found; by it a topic is known that was created anew under another id.</summary>
    public string? TopicName { get; set; }

    public long FetchOffset { get; private set; }

    /// <summary>The most record bytes of this partition; may be anything.</summary>
    public int BytesMax { get; private set; }

    /// <summary>The leader epoch that the client believes in, or -1.</summary>
    public int CurrentLeaderEpoch { get; private set; }

    /// <summary>The epoch of the last record that the client has, or -1.</summary>
    public int LastFetchedEpoch { get; private set; }

    /// <summary>Whether the next change will be told. Asked before a look: what comes after it is not missed then.</summary>
    public bool IsWatching => _isWatching;

    /// <summary>Among those that are looked at; see <see cref="FetchedPartitions.First"/>.</summary>
    public FetchedPartition? Next { get; set; }

    public FetchedPartition? Previous { get; set; }

    public bool IsActive { get; set; }

    /// <summary>Among those that have changed, under the owner's lock.</summary>
    public FetchedPartition? NextChanged { get; set; }

    public bool HasChanged { get; set; }

    private long ToldHighWatermark { get; set; } = NothingTold;

    private long ToldLogStartOffset { get; set; } = NothingTold;

    public void Ask(FetchRequest.FetchPartition asked)
    {
        FetchOffset = asked.FetchOffset;
        BytesMax = asked.PartitionMaxBytes;
        CurrentLeaderEpoch = asked.CurrentLeaderEpoch;
        LastFetchedEpoch = asked.LastFetchedEpoch;
    }

    /// <summary>Whether a client that was told everything so far learns something from these bounds.</summary>
    public bool IsNews(long highWatermark, long logStartOffset) => highWatermark != ToldHighWatermark || logStartOffset != ToldLogStartOffset;

    /// <summary>Remembers what the client is told. After an error it knows nothing, so that the end of the error is told too.</summary>
    public void Told(FetchResponse.PartitionData answer)
    {
        var failed = answer.ErrorCode != Protocol.Errors.ErrorCode.None;
        ToldHighWatermark = failed ? NothingTold : answer.HighWatermark;
        ToldLogStartOffset = failed ? NothingTold : answer.LogStartOffset;
    }

    /// <summary>Asks to be told of the next change, unless it is asked for already. Whoever calls looks at the partition once more afterwards.</summary>
    public void Watch(Partition partition)
    {
        if (_isWatching && ReferenceEquals(_watched, partition))
        {
            return;
        }

        Unwatch();
        _watched = partition;
        _isWatching = true;
        partition.Watch(this);
    }

    public void Unwatch()
    {
        _watched?.Unwatch(this);
        _watched = null;
        _isWatching = false;
    }

    public void PartitionChanged()
    {
        _isWatching = false;
        owner.Changed(this);
    }
}
