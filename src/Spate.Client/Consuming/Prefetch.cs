using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>
/// What a consumer knows of its partitions and has of their records: the cursors, what was fetched and not handed out, and what has to be told. Everything is under
/// <see cref="Gate"/>; methods that say so expect the caller to hold it.
/// </summary>
internal sealed class Prefetch(Cluster cluster, ConsumerOptions options, WakeSignal wake, WakeSignal arrival)
{
    private readonly Dictionary<TopicPartition, PartitionCursor> _cursors = [];
    private readonly Dictionary<string, TopicInterest> _interests = new(StringComparer.Ordinal);
    private readonly Queue<FetchedChunk> _ready = new();
    private readonly Queue<KafkaException> _failures = new();
    private long _bytesHeld;

    public Lock Gate { get; } = new();

    /// <summary>Bytes that are held, or may come with fetches under way.</summary>
    public long BytesHeld => Volatile.Read(ref _bytesHeld);

    /// <summary>Every cursor. Under the gate.</summary>
    public IReadOnlyCollection<PartitionCursor> Cursors => _cursors.Values;

    /// <summary>Keeps the topics in the picture of the cluster. Under the gate.</summary>
    public void Touch()
    {
        foreach (var interest in _interests.Values)
        {
            interest.Touch();
        }
    }

    /// <summary>Room for a fetch, or 0 when there is too little for one to be worth it. Under the gate.</summary>
    public int ReserveRoom()
    {
        var room = options.PrefetchBytes - _bytesHeld;
        if (room < Math.Min(options.PartitionFetchBytes, options.PrefetchBytes))
        {
            return 0;
        }

        var bytes = (int)Math.Min(options.FetchMaxBytes, room);
        _bytesHeld += bytes;
        return bytes;
    }

    /// <summary>The fetch has ended; what it brought is counted by itself. Under the gate.</summary>
    public void ReleaseRoom(int bytes) => _bytesHeld -= bytes;

    /// <summary>Lets go of everything, at the end.</summary>
    public void Clear()
    {
        lock (Gate)
        {
            while (_ready.TryDequeue(out var chunk))
            {
                chunk.Frame.Release();
            }
        }
    }

    /// <summary>Reads these partitions from here on, and no others. Those that were read before go on where they are, unless a start is given.</summary>
    public void Assign(IReadOnlyCollection<TopicPartition> partitions, StartPosition? start)
    {
        var first = start ?? options.OffsetReset.Position(cluster.Clock);
        lock (Gate)
        {
            foreach (var gone in _cursors.Keys.Where(name => !partitions.Contains(name)).ToList())
            {
                // Chunks of it that are still held, or under way, find their generation gone.
                _cursors[gone].MoveTo(0);
                _cursors.Remove(gone);
            }

            foreach (var name in partitions)
            {
                if (!_cursors.TryGetValue(name, out var cursor))
                {
                    cursor = new PartitionCursor(name, StartPosition.Beginning);
                    _cursors.Add(name, cursor);
                    if (first is { } to)
                    {
                        cursor.Seek(to);
                    }
                    else
                    {
                        Refuse(cursor, new KafkaException(ErrorCode.OffsetOutOfRange, $"There is no position to read {name} from, and OffsetReset is Fail. Give a start, or seek.") { Partition = name });
                    }
                }
                else if (start is { } given)
                {
                    cursor.Seek(given);
                }

                _interests[name.Topic] = cluster.Metadata.Watch(name.Topic);
            }
        }

        wake.Set();
    }

    public IReadOnlyList<TopicPartition> Assignment()
    {
        lock (Gate)
        {
            return [.. _cursors.Keys];
        }
    }

    /// <summary>Changes the cursor of a partition that is assigned.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public T With<T>(TopicPartition name, Func<PartitionCursor, T> change)
    {
        T result;
        lock (Gate)
        {
            result = change(_cursors.TryGetValue(name, out var cursor)
                ? cursor
                : throw new InvalidOperationException($"{name} is not assigned to this consumer; assign it first."));
        }

        wake.Set();
        return result;
    }

    /// <summary>What was fetched first and is still wanted, if there is anything.</summary>
    /// <exception cref="KafkaException">A partition cannot be read.</exception>
    public FetchedChunk? TakeReady()
    {
        lock (Gate)
        {
            if (_failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            while (_ready.TryDequeue(out var chunk))
            {
                if (chunk.Generation == chunk.Cursor.Generation)
                {
                    return chunk;
                }

                chunk.Cursor.Chunks--;
                _bytesHeld -= chunk.Bytes.Length;
                chunk.Frame.Release();
                wake.Set();
            }

            return null;
        }
    }

    /// <summary>Records before an offset are handed out; says whether the rest of the chunk is still wanted.</summary>
    public bool Advance(FetchedChunk chunk, long next)
    {
        lock (Gate)
        {
            if (chunk.Generation != chunk.Cursor.Generation)
            {
                return false;
            }

            chunk.Cursor.Advance(next);
            return true;
        }
    }

    /// <summary>The chunk has been read, or nobody will read it.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="isWhole">False when the rest of it has to be fetched again.</param>
    public void Release(FetchedChunk chunk, bool isWhole)
    {
        lock (Gate)
        {
            chunk.Cursor.Chunks--;
            _bytesHeld -= chunk.Bytes.Length;
            if (!isWhole && chunk.Generation == chunk.Cursor.Generation)
            {
                chunk.Cursor.MoveTo(chunk.Cursor.Position);
            }
        }

        chunk.Frame.Release();
        wake.Set();
    }

    /// <summary>What a fetch brought for a partition. Under the gate.</summary>
    public void Take(PartitionCursor cursor, long offset, FetchResponse.PartitionData? answer, FetchedFrame? frame, string leader)
    {
        if (answer is null || frame is null)
        {
            Delay(cursor, NoAnswer(cursor, leader));
            return;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            Judge(cursor, BrokerFailure.Of(answer.ErrorCode, ApiKey.Fetch, leader, null, cursor.Name));
            return;
        }

        cursor.Failures = 0;
        cursor.SilentSince = null;
        cursor.EndOffset = options.IsolationLevel == IsolationLevel.ReadCommitted && answer.LastStableOffset >= 0 ? answer.LastStableOffset : answer.HighWatermark;
        var bytes = answer.Records.Bytes;
        if (bytes.IsEmpty)
        {
            return;
        }

        cursor.FetchOffset = Math.Max(offset, FetchedBatches.NextOffset(bytes.Span, offset));
        cursor.Chunks++;
        _bytesHeld += bytes.Length;
        frame.Hold();
        _ready.Enqueue(new FetchedChunk(cursor, cursor.Generation, offset, bytes, answer.AbortedTransactions ?? [], frame));
        arrival.Set();
    }

    /// <summary>What becomes of a partition that could not be read this time. Under the gate.</summary>
    public void Judge(PartitionCursor cursor, KafkaException failure)
    {
        if (failure.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            if (options.OffsetReset.Position(cluster.Clock) is { } reset)
            {
                cluster.Watch.ConsumerLog.PositionReset(cursor.Name, cursor.FetchOffset);
                cursor.Seek(reset);
            }
            else
            {
                Refuse(cursor, failure);
            }
        }
        else if (failure.IsRetriable)
        {
            cluster.Metadata.Invalidate();
            Delay(cursor, failure);
        }
        else
        {
            Refuse(cursor, failure);
        }
    }

    /// <summary>Tries again later, and says so when that has gone on for too long. Under the gate.</summary>
    public void Delay(PartitionCursor cursor, KafkaException failure)
    {
        var now = cluster.Clock.GetTimestamp();
        cursor.Failures++;
        cursor.RetryAt = now + (long)(cluster.Options.NewRetryBackoff().After(cursor.Failures, cluster.Chance).TotalSeconds * cluster.Clock.TimestampFrequency);
        cursor.SilentSince ??= now;
        if (cluster.Clock.GetElapsedTime(cursor.SilentSince.Value, now) >= cluster.Options.ApiTimeout)
        {
            cursor.SilentSince = null;
            cluster.Watch.ConsumerLog.Silent(cursor.Name, cluster.Options.ApiTimeout.TotalMilliseconds, failure.Message);
            _failures.Enqueue(new KafkaTimeoutException($"{cursor.Name} could not be read for {cluster.Options.ApiTimeout.TotalMilliseconds} ms; it is still tried. {failure.Message}", failure) { Partition = cursor.Name, Broker = failure.Broker });
            arrival.Set();
        }
    }

    /// <summary>Gives a partition up until somebody seeks. Under the gate.</summary>
    private void Refuse(PartitionCursor cursor, KafkaException failure)
    {
        cursor.IsFailed = true;
        cluster.Watch.ConsumerLog.Refused(cursor.Name, failure.Message);
        _failures.Enqueue(failure);
        arrival.Set();
    }

    public static KafkaConnectionException NoAnswer(PartitionCursor cursor, string leader) =>
        new($"Broker {leader} answered without a word on {cursor.Name}.") { Partition = cursor.Name, Broker = leader };
}
