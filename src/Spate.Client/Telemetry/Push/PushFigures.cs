using System.Collections.Concurrent;
using Spate.Protocol.Messages;

namespace Spate.Client.Telemetry.Push;

/// <summary>
/// What is counted and timed for the metrics that brokers ask for. Counters always count, which costs an addition for each batch; times are only taken while a broker asks.
/// Safe for use by several threads at once.
/// </summary>
internal sealed class PushFigures
{
    private readonly ConcurrentDictionary<int, Spread> _requestTimes = new();
    private long _connections;
    private long _recordsSent;
    private long _recordsFailed;
    private long _recordsRetried;
    private long _recordsConsumed;
    private long _bytesConsumed;
    private long _pollTicks;

    /// <summary>Whether a broker asks for any of it.</summary>
    public bool IsWanted { get; set; }

    public long Connections => Volatile.Read(ref _connections);

    public long RecordsSent => Volatile.Read(ref _recordsSent);

    public long RecordsFailed => Volatile.Read(ref _recordsFailed);

    public long RecordsRetried => Volatile.Read(ref _recordsRetried);

    public long RecordsConsumed => Volatile.Read(ref _recordsConsumed);

    public long BytesConsumed => Volatile.Read(ref _bytesConsumed);

    /// <summary>How long consumers have waited for records altogether, in ticks of 100 ns.</summary>
    public long PollTicks => Volatile.Read(ref _pollTicks);

    /// <summary>From request to reply in milliseconds, by node.</summary>
    public IEnumerable<KeyValuePair<int, Spread>> RequestTimes => _requestTimes;

    public Spread FetchTimes { get; } = new();

    public Spread CommitTimes { get; } = new();

    /// <summary>How long batches waited to be sent, in milliseconds.</summary>
    public Spread QueueTimes { get; } = new();

    /// <summary>How long brokers asked producers to wait, in milliseconds.</summary>
    public Spread ThrottleTimes { get; } = new();

    public void Connected() => Interlocked.Increment(ref _connections);

    public void Sent(int records) => Interlocked.Add(ref _recordsSent, records);

    public void Failed(int records) => Interlocked.Add(ref _recordsFailed, records);

    public void Retried(int records) => Interlocked.Add(ref _recordsRetried, records);

    public void Consumed(int records) => Interlocked.Add(ref _recordsConsumed, records);

    public void Fetched(int bytes) => Interlocked.Add(ref _bytesConsumed, bytes);

    public void Polled(TimeSpan waited) => Interlocked.Add(ref _pollTicks, waited.Ticks);

    public void Queued(TimeSpan waited)
    {
        if (IsWanted)
        {
            QueueTimes.Add(waited.TotalMilliseconds);
        }
    }

    public void Throttled(int milliseconds)
    {
        if (IsWanted)
        {
            ThrottleTimes.Add(milliseconds);
        }
    }

    public void Answered(int? nodeId, ApiKey api, TimeSpan took)
    {
        if (!IsWanted || nodeId is not { } node)
        {
            return;
        }

        _requestTimes.GetOrAdd(node, static _ => new Spread()).Add(took.TotalMilliseconds);
        if (api is ApiKey.Fetch or ApiKey.OffsetCommit)
        {
            (api == ApiKey.Fetch ? FetchTimes : CommitTimes).Add(took.TotalMilliseconds);
        }
    }
}
