using Spate.Client.Connections;
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

    /// <summary>Partitions have gone of which something was handed out and not committed: whoever has them now hands it out again. Under the gate.</summary>
    public bool HasLostUncommitted { get; set; }

    /// <summary>Keeps the topics in the picture of the cluster. Under the gate.</summary>
    public void Touch()
    {
        foreach (var interest in _interests.Values)
        {
            interest.Touch();
        }
    }

    /// <summary>Room for a fetch, or 0 when there is too little for one to be worth it. Under the gate.</summary>
    /// <param name="partitions">How many it asks for.</param>
    /// <param name="waiting">How many fetches want room at this moment, this one included: it takes no more than its share, so that a broker that has nothing to send does not keep the room from one that has.</param>
    public int ReserveRoom(int partitions, int waiting)
    {
        var room = options.PrefetchBytes - _bytesHeld;
        var least = Math.Min(options.PartitionFetchBytes, options.PrefetchBytes);
        if (room < least)
        {
            return 0;
        }

        var most = Math.Min(options.FetchMaxBytes, (long)partitions * options.PartitionFetchBytes);
        var bytes = (int)Math.Min(most, Math.Max(least, room / waiting));
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
        lock (Gate)
        {
            // Both are under the gate too, which one thread may enter again.
            Remove([.. _cursors.Keys.Where(name => !partitions.Contains(name))]);
            Add(partitions, isPlaced: start is not null, mayCreate: true);
            foreach (var name in partitions)
            {
                if (start is { } given)
                {
                    _cursors[name].Seek(given);
                }
            }
        }

        wake.Set();
    }

    /// <summary>Reads these as well, unless they are read already.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="isPlaced">The caller seeks in all of them; otherwise they begin at what the group has committed, or without a group where the options say.</param>
    /// <param name="mayCreate">The caller has named the topics, so that brokers may create them.</param>
    public void Add(IReadOnlyCollection<TopicPartition> partitions, bool isPlaced, bool mayCreate)
    {
        lock (Gate)
        {
            foreach (var name in partitions)
            {
                if (_cursors.TryAdd(name, new PartitionCursor(name, StartPosition.Committed)) && !isPlaced && options.GroupId is null)
                {
                    Reset(_cursors[name]);
                }

                _interests[name.Topic] = cluster.Metadata.Watch(name.Topic, mayCreate);
            }
        }

        wake.Set();
    }

    /// <summary>Reads these no more. What was fetched of them is dropped.</summary>
    public void Remove(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (Gate)
        {
            foreach (var name in partitions)
            {
                if (_cursors.Remove(name, out var cursor))
                {
                    // Only then nothing more of it is handed out.
                    cursor.Drop();
                    HasLostUncommitted |= cursor.HasUncommitted;
                }
            }

            foreach (var topic in partitions.Select(static name => name.Topic).Distinct(StringComparer.Ordinal).Except(_cursors.Keys.Select(static name => name.Topic), StringComparer.Ordinal).ToList())
            {
                _interests.Remove(topic);
            }
        }
    }

    /// <summary>Goes on somewhere else in every partition. What was lost before does not matter any more.</summary>
    public void SeekAll(StartPosition to)
    {
        lock (Gate)
        {
            HasLostUncommitted = false;
            foreach (var cursor in _cursors.Values)
            {
                cursor.Seek(to);
            }
        }

        wake.Set();
    }

    /// <summary>The cursor of a partition, if it is read. Under the gate.</summary>
    public PartitionCursor? Find(TopicPartition name) => _cursors.GetValueOrDefault(name);

    /// <summary>Begins where the options say, since there is no position. Under the gate.</summary>
    public void Reset(PartitionCursor cursor)
    {
        if (options.OffsetReset.Position(cluster.Clock) is { } start)
        {
            cursor.Seek(start);
        }
        else
        {
            var why = options.GroupId is { } group ? $"Group '{group}' has committed no offset of {cursor.Name}" : $"There is no position to read {cursor.Name} from";
            Refuse(cursor, new KafkaException(ErrorCode.OffsetOutOfRange, $"{why}, and OffsetReset is Fail. Seek to where reading is to begin, or set another OffsetReset.") { Partition = cursor.Name });
        }
    }

    /// <summary>Something that is not of one partition is to be told by the enumeration.</summary>
    public void Tell(KafkaException failure)
    {
        lock (Gate)
        {
            _failures.Enqueue(failure);
        }

        arrival.Set();
    }

    /// <summary>Cursors have changed: the fetcher is to look at them.</summary>
    public void Wake() => wake.Set();

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

            chunk.Cursor.Advance(next, chunk.LeaderEpoch);
            return true;
        }
    }

    /// <summary>A batch is about to be handed out record by record; says whether the chunk is still wanted.</summary>
    /// <param name="chunk">Where the batch is.</param>
    /// <param name="hand">What counts its records from here on, until the chunk is released or the next batch begins.</param>
    public bool Begin(FetchedChunk chunk, RecordsInHand hand)
    {
        lock (Gate)
        {
            if (chunk.Generation != chunk.Cursor.Generation)
            {
                return false;
            }

            chunk.Cursor.Take(hand, chunk.LeaderEpoch);
            return true;
        }
    }

    /// <summary>Whether a record counts as handed out, after <see cref="RecordsInHand.Advance"/> said that its batch may not be wanted any more.</summary>
    public bool IsHandedOut(RecordsInHand hand, long next)
    {
        lock (Gate)
        {
            return hand.SettledAt >= next;
        }
    }

    /// <summary>Whoever had the last record of the chunk's partition has asked for the next.</summary>
    public void Finish(FetchedChunk chunk)
    {
        lock (Gate)
        {
            chunk.Cursor.Finish();
        }
    }

    /// <summary>The chunk has been read, or nobody will read it.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="isWhole">False when the rest of it has to be fetched again, and the last record that was handed out is not known to be finished.</param>
    public void Release(FetchedChunk chunk, bool isWhole)
    {
        lock (Gate)
        {
            chunk.Cursor.Chunks--;
            _bytesHeld -= chunk.Bytes.Length;
            chunk.Cursor.Settle();
            if (isWhole)
            {
                chunk.Cursor.Finish();
            }
            else if (chunk.Generation == chunk.Cursor.Generation)
            {
                chunk.Cursor.Rewind();
            }
        }

        chunk.Frame.Release();
        wake.Set();
    }

    /// <summary>What a fetch brought for a partition. Under the gate.</summary>
    public void Take(in FetchAsk ask, FetchResponse.PartitionData answer, FetchedFrame frame)
    {
        var cursor = ask.Cursor;
        var bytes = answer.Records.Bytes;
        if (bytes.IsEmpty)
        {
            return;
        }

        var next = FetchedBatches.NextOffset(bytes.Span, ask.Offset, out var epoch);
        cursor.Fetched(next, epoch);
        cursor.Chunks++;
        _bytesHeld += bytes.Length;
        frame.Hold();
        _ready.Enqueue(new FetchedChunk(cursor, cursor.Generation, ask.Offset, bytes, answer.AbortedTransactions ?? [], frame));
        arrival.Set();
    }

    /// <summary>Goes where <see cref="ConsumerOptions.OffsetReset"/> says, or gives the partition up when that says to fail. Under the gate.</summary>
    public void Reset(PartitionCursor cursor, KafkaException failure)
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

    /// <summary>
    /// Whether a topic is still the one that the position is of. If another has taken its name (KIP-516), the position means nothing there: it is reset, or the partition is
    /// given up. Under the gate.
    /// </summary>
    public bool Recognise(PartitionCursor cursor, Uuid topicId)
    {
        if (!topicId.IsZero && !cursor.TopicId.IsZero && cursor.TopicId != topicId && cursor.Start is null)
        {
            var failure = new KafkaLogTruncatedException(
                $"Topic '{cursor.Name.Topic}' was deleted and made anew while {cursor.Name} was read; offset {cursor.Position} means nothing there. Seek to go on.")
            {
                Partition = cursor.Name,
                Offset = cursor.Position,
                DivergentOffset = 0,
            };
            cursor.Forget();
            Reset(cursor, failure);
        }

        if (cursor.IsFailed)
        {
            return false;
        }

        cursor.TopicId = topicId.IsZero ? cursor.TopicId : topicId;
        return true;
    }

    /// <summary>What becomes of a partition that could not be read this time. Under the gate.</summary>
    public void Judge(PartitionCursor cursor, KafkaException failure)
    {
        if (failure.ErrorCode == ErrorCode.OffsetOutOfRange && cursor.Chunks > 0)
        {
            // What is gone lies behind what was read ahead, which is handed out first.
            cursor.IsGoneAhead = true;
        }
        else if (failure.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            Reset(cursor, failure);
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
    public void Refuse(PartitionCursor cursor, KafkaException failure)
    {
        cursor.IsFailed = true;
        cluster.Watch.ConsumerLog.Refused(cursor.Name, failure.Message);
        _failures.Enqueue(failure);
        arrival.Set();
    }

    public static KafkaConnectionException NoAnswer(PartitionCursor cursor, string leader) =>
        new($"Broker {leader} answered without a word on {cursor.Name}.") { Partition = cursor.Name, Broker = leader };
}
