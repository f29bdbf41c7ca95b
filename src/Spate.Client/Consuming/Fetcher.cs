using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>
/// Reads ahead: finds the offsets to begin at, fetches from each leader with one request at a time over connections of its own, and keeps what came until it
/// is asked for, within the bound on memory. One loop decides what to ask; everything that it shares with callers is under one gate.
/// </summary>
internal sealed class Fetcher : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly int _lane;
    private readonly WakeSignal _wake;
    private readonly WakeSignal _arrival;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Dictionary<TopicPartition, PartitionCursor> _cursors = [];
    private readonly Dictionary<string, TopicInterest> _interests = new(StringComparer.Ordinal);
    private readonly Queue<FetchedChunk> _ready = new();
    private readonly Queue<KafkaException> _failures = new();
    private readonly HashSet<int> _fetching = [];
    private readonly List<Task> _asking = [];
    private readonly Task _loop;
    private long _bytesHeld;
    private long _due;

    public Fetcher(Cluster cluster, ConsumerOptions options)
    {
        _cluster = cluster;
        _options = options;
        _lane = cluster.Brokers.NewLane();
        _wake = new WakeSignal(cluster.Clock);
        _arrival = new WakeSignal(cluster.Clock);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Bytes of records that are fetched and not handed out, and those that fetches under way may bring.</summary>
    public long BytesHeld
    {
        get
        {
            lock (_gate)
            {
                return _bytesHeld;
            }
        }
    }

    /// <summary>Reads these partitions from here on, and no others. Those that were read before go on where they are, unless a start is given.</summary>
    public void Assign(IReadOnlyCollection<TopicPartition> partitions, StartPosition? start)
    {
        var first = start ?? _options.OffsetReset.Position(_cluster.Clock);
        lock (_gate)
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

                _interests[name.Topic] = _cluster.Metadata.Watch(name.Topic);
            }
        }

        _wake.Set();
    }

    public IReadOnlyList<TopicPartition> Assignment()
    {
        lock (_gate)
        {
            return [.. _cursors.Keys];
        }
    }

    /// <summary>Changes the cursor of a partition that is assigned.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public T With<T>(TopicPartition name, Func<PartitionCursor, T> change)
    {
        T result;
        lock (_gate)
        {
            result = change(_cursors.TryGetValue(name, out var cursor)
                ? cursor
                : throw new InvalidOperationException($"{name} is not assigned to this consumer; assign it first."));
        }

        _wake.Set();
        return result;
    }

    /// <summary>What was fetched next, once there is any. One caller at a time.</summary>
    /// <exception cref="KafkaException">A partition cannot be read; it rests, and others go on with the next call.</exception>
    public async ValueTask<FetchedChunk> NextAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static state => ((WakeSignal)state!).Set(), _arrival);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(Consumer));
            if (TakeReady() is { } chunk)
            {
                return chunk;
            }

            await _arrival.WaitAsync(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Records before an offset are handed out; says whether the rest of the chunk is still wanted.</summary>
    public bool Advance(FetchedChunk chunk, long next)
    {
        lock (_gate)
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
        lock (_gate)
        {
            chunk.Cursor.Chunks--;
            _bytesHeld -= chunk.Bytes.Length;
            if (!isWhole && chunk.Generation == chunk.Cursor.Generation)
            {
                chunk.Cursor.MoveTo(chunk.Cursor.Position);
            }
        }

        chunk.Frame.Release();
        _wake.Set();
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync();
        _wake.Set();
        _arrival.Set();
        await _loop;
        await _cluster.Brokers.CloseLaneAsync(_lane);
        await Task.WhenAll(_asking);
        lock (_gate)
        {
            while (_ready.TryDequeue(out var chunk))
            {
                chunk.Frame.Release();
            }
        }

        _wake.Dispose();
        _arrival.Dispose();
        _lifetime.Dispose();
    }

    private FetchedChunk? TakeReady()
    {
        lock (_gate)
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
                _wake.Set();
            }

            return null;
        }
    }

    private async Task RunAsync()
    {
        while (!_lifetime.IsCancellationRequested)
        {
            _asking.RemoveAll(static task => task.IsCompletedSuccessfully);
            Step(_cluster.Clock.GetTimestamp());
            var wait = _cluster.Clock.GetElapsedTime(_cluster.Clock.GetTimestamp(), _due);
            await _wake.WaitAsync(_due == long.MaxValue ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1));
        }
    }

    private void Step(long now)
    {
        _due = long.MaxValue;
        var lookups = new Dictionary<int, List<PartitionCursor>>();
        var fetches = new Dictionary<int, List<PartitionCursor>>();
        lock (_gate)
        {
            foreach (var interest in _interests.Values)
            {
                interest.Touch();
            }

            foreach (var cursor in _cursors.Values)
            {
                Plan(cursor, now, lookups, fetches);
            }

            foreach (var (leader, cursors) in lookups)
            {
                cursors.ForEach(static cursor => cursor.IsAsking = true);
                _asking.Add(LookUpAsync(leader, [.. cursors.Select(static cursor => (cursor, cursor.Generation, cursor.Start!.Value))]));
            }

            foreach (var (leader, cursors) in fetches)
            {
                var room = _options.PrefetchBytes - _bytesHeld;
                if (room < Math.Min(_options.PartitionFetchBytes, _options.PrefetchBytes) || !_fetching.Add(leader))
                {
                    continue;
                }

                var maxBytes = (int)Math.Min(_options.FetchMaxBytes, room);
                _bytesHeld += maxBytes;
                cursors.ForEach(static cursor => cursor.IsAsking = true);
                _asking.Add(FetchAsync(leader, maxBytes, [.. cursors.Select(static cursor => (cursor, cursor.Generation, cursor.FetchOffset))]));
            }
        }
    }

    private void Plan(PartitionCursor cursor, long now, Dictionary<int, List<PartitionCursor>> lookups, Dictionary<int, List<PartitionCursor>> fetches)
    {
        if (cursor.IsFailed || cursor.IsAsking || (cursor.Start is null && (cursor.IsPaused || cursor.Chunks > 1)))
        {
            return;
        }

        if (cursor.RetryAt > now)
        {
            _due = Math.Min(_due, cursor.RetryAt);
            return;
        }

        if (_cluster.Metadata.Current.Find(cursor.Name) is not { HasLeader: true } partition)
        {
            _cluster.Metadata.Invalidate();
            Delay(cursor, new KafkaException(ErrorCode.LeaderNotAvailable, $"{cursor.Name} is not known to the cluster or has no leader. Create the topic, check the partition's number, or bring its brokers back.") { Partition = cursor.Name });
            _due = Math.Min(_due, cursor.RetryAt);
            return;
        }

        var plan = cursor.Start is null ? fetches : lookups;
        if (!plan.TryGetValue(partition.Leader, out var cursors))
        {
            plan.Add(partition.Leader, cursors = []);
        }

        cursors.Add(cursor);
    }

    private async Task LookUpAsync(int leader, List<(PartitionCursor Cursor, int Generation, StartPosition Start)> asked)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        KafkaException? failure = null;
        Dictionary<TopicPartition, (ErrorCode Error, long Offset)> found = [];
        try
        {
            var wanted = asked.ConvertAll(static one => (one.Cursor.Name, one.Start));
            found = await OffsetLookup.AskAsync(_cluster.Brokers.Find(leader), wanted, _options.IsolationLevel, _cluster.Options.RequestTimeout, _lifetime.Token);

            // A time after the last record has no offset: reading begins at the end.
            var late = wanted.Where(one => found.TryGetValue(one.Name, out var answer) && answer is { Error: ErrorCode.None, Offset: < 0 }).ToList();
            if (late.Count > 0)
            {
                var ends = await OffsetLookup.AskAsync(
                    _cluster.Brokers.Find(leader), late.ConvertAll(static one => (one.Name, StartPosition.End)), _options.IsolationLevel, _cluster.Options.RequestTimeout, _lifetime.Token);
                foreach (var (name, end) in ends)
                {
                    found[name] = end;
                }
            }
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The consumer ends, or the leader has moved; the loop looks again.
        }

        lock (_gate)
        {
            foreach (var (cursor, generation, _) in asked)
            {
                cursor.IsAsking = false;
                if (generation != cursor.Generation)
                {
                    continue;
                }

                if (failure is not null)
                {
                    Judge(cursor, failure);
                }
                else if (found.TryGetValue(cursor.Name, out var answer))
                {
                    if (answer.Error == ErrorCode.None)
                    {
                        cursor.MoveTo(answer.Offset);
                    }
                    else
                    {
                        Judge(cursor, BrokerFailure.Of(answer.Error, ApiKey.ListOffsets, _cluster.Metadata.Current.NameOf(leader), null, cursor.Name));
                    }
                }
                else
                {
                    Delay(cursor, NoAnswer(leader, cursor));
                }
            }
        }

        _wake.Set();
    }

    private async Task FetchAsync(int leader, int maxBytes, List<(PartitionCursor Cursor, int Generation, long Offset)> asked)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Reply<FetchResponse>? reply = null;
        KafkaException? failure = null;
        try
        {
            var request = FetchRequests.Make(
                asked.ConvertAll(static one => (one.Cursor.Name, one.Offset)), maxBytes, _options, _cluster.Metadata.Current, out var highest);
            reply = await _cluster.Brokers.Find(leader, _lane).AskAsync(request, _cluster.Options.RequestTimeout, _lifetime.Token, highest);
            if (reply.Message.ErrorCode != ErrorCode.None)
            {
                failure = BrokerFailure.Of(reply.Message.ErrorCode, ApiKey.Fetch, _cluster.Metadata.Current.NameOf(leader));
            }
        }
        catch (KafkaException thrown)
        {
            failure = thrown;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The consumer ends, or the leader has moved; the loop looks again.
        }

        lock (_gate)
        {
            _fetching.Remove(leader);
            _bytesHeld -= maxBytes;
            var frame = reply is null ? null : new FetchedFrame(reply);
            foreach (var (cursor, generation, offset) in asked)
            {
                cursor.IsAsking = false;
                if (generation != cursor.Generation)
                {
                    continue;
                }

                if (failure is not null)
                {
                    Judge(cursor, failure);
                }
                else
                {
                    Take(cursor, offset, reply is null ? null : Find(reply.Message, cursor.Name), frame, leader);
                }
            }

            frame?.Release();
        }

        _wake.Set();
    }

    private FetchResponse.PartitionData? Find(FetchResponse response, TopicPartition name)
    {
        var id = _cluster.Metadata.Current.Topics.TryGetValue(name.Topic, out var known) ? known.Id : Uuid.Zero;
        foreach (var topic in response.Responses)
        {
            if (topic.Topic == name.Topic || (topic.Topic.Length == 0 && topic.TopicId == id))
            {
                return topic.Partitions.Find(partition => partition.PartitionIndex == name.Partition);
            }
        }

        return null;
    }

    private void Take(PartitionCursor cursor, long offset, FetchResponse.PartitionData? answer, FetchedFrame? frame, int leader)
    {
        if (answer is null || frame is null)
        {
            Delay(cursor, NoAnswer(leader, cursor));
            return;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            Judge(cursor, BrokerFailure.Of(answer.ErrorCode, ApiKey.Fetch, _cluster.Metadata.Current.NameOf(leader), null, cursor.Name));
            return;
        }

        cursor.Failures = 0;
        cursor.SilentSince = null;
        cursor.EndOffset = _options.IsolationLevel == IsolationLevel.ReadCommitted && answer.LastStableOffset >= 0 ? answer.LastStableOffset : answer.HighWatermark;
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
        _arrival.Set();
    }

    /// <summary>What becomes of a partition that could not be read this time. Under the gate.</summary>
    private void Judge(PartitionCursor cursor, KafkaException failure)
    {
        if (failure.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            if (_options.OffsetReset.Position(_cluster.Clock) is { } reset)
            {
                cursor.Seek(reset);
            }
            else
            {
                Refuse(cursor, failure);
            }
        }
        else if (failure.IsRetriable)
        {
            _cluster.Metadata.Invalidate();
            Delay(cursor, failure);
        }
        else
        {
            Refuse(cursor, failure);
        }
    }

    /// <summary>Tries again later, and says so when that has gone on for too long. Under the gate.</summary>
    private void Delay(PartitionCursor cursor, KafkaException failure)
    {
        var now = _cluster.Clock.GetTimestamp();
        cursor.Failures++;
        cursor.RetryAt = now + (long)(_cluster.Options.NewRetryBackoff().After(cursor.Failures, _cluster.Chance).TotalSeconds * _cluster.Clock.TimestampFrequency);
        cursor.SilentSince ??= now;
        if (_cluster.Clock.GetElapsedTime(cursor.SilentSince.Value, now) >= _cluster.Options.ApiTimeout)
        {
            cursor.SilentSince = null;
            _failures.Enqueue(new KafkaTimeoutException($"{cursor.Name} could not be read for {_cluster.Options.ApiTimeout.TotalMilliseconds} ms; it is still tried. {failure.Message}", failure) { Partition = cursor.Name, Broker = failure.Broker });
            _arrival.Set();
        }
    }

    /// <summary>Gives a partition up until somebody seeks. Under the gate.</summary>
    private void Refuse(PartitionCursor cursor, KafkaException failure)
    {
        cursor.IsFailed = true;
        _failures.Enqueue(failure);
        _arrival.Set();
    }

    private KafkaConnectionException NoAnswer(int leader, PartitionCursor cursor) =>
        new($"Broker {_cluster.Metadata.Current.NameOf(leader)} answered without a word on {cursor.Name}.") { Partition = cursor.Name };
}
