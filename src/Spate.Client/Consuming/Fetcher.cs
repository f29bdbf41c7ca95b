using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>
/// Reads ahead: finds the offsets to begin at, and fetches from each leader with one request at a time over connections of its own. One loop decides what to ask;
/// everything that it shares with callers is in <see cref="Prefetch"/>, under one gate.
/// </summary>
internal sealed class Fetcher : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly int _lane;
    private readonly WakeSignal _wake;
    private readonly WakeSignal _arrival;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly HashSet<int> _fetching = [];
    private readonly List<Task> _asking = [];
    private readonly Task _loop;
    private long _due;

    public Fetcher(Cluster cluster, ConsumerOptions options)
    {
        _cluster = cluster;
        _options = options;
        _lane = cluster.Brokers.NewLane();
        _wake = new WakeSignal(cluster.Clock);
        _arrival = new WakeSignal(cluster.Clock);
        Prefetch = new Prefetch(cluster, options, _wake, _arrival);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What it reads into.</summary>
    public Prefetch Prefetch { get; }

    /// <summary>What was fetched next, once there is any. One caller at a time.</summary>
    /// <exception cref="KafkaException">A partition cannot be read; it rests, and others go on with the next call.</exception>
    public async ValueTask<FetchedChunk> NextAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static state => ((WakeSignal)state!).Set(), _arrival);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(Consumer));
            if (Prefetch.TakeReady() is { } chunk)
            {
                return chunk;
            }

            await _arrival.WaitAsync(Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync();
        _wake.Set();
        _arrival.Set();
        await _loop;
        await _cluster.Brokers.CloseLaneAsync(_lane);
        await Task.WhenAll(_asking);
        Prefetch.Clear();
        _wake.Dispose();
        _arrival.Dispose();
        _lifetime.Dispose();
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
        lock (Prefetch.Gate)
        {
            Prefetch.Touch();
            foreach (var cursor in Prefetch.Cursors)
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
                if (_fetching.Contains(leader) || Prefetch.ReserveRoom() is not (> 0 and var maxBytes))
                {
                    continue;
                }

                _fetching.Add(leader);
                cursors.ForEach(static cursor => cursor.IsAsking = true);
                _asking.Add(FetchAsync(leader, maxBytes, [.. cursors.Select(static cursor => (cursor, cursor.Generation, cursor.FetchOffset))]));
            }
        }
    }

    private void Plan(PartitionCursor cursor, long now, Dictionary<int, List<PartitionCursor>> lookups, Dictionary<int, List<PartitionCursor>> fetches)
    {
        if (cursor.IsFailed || cursor.IsAsking || cursor.Start == StartPosition.Committed || (cursor.Start is null && (cursor.IsPaused || cursor.Chunks > 1)))
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
            Prefetch.Delay(cursor, new KafkaException(ErrorCode.LeaderNotAvailable, $"{cursor.Name} is not known to the cluster or has no leader. Create the topic, check the partition's number, or bring its brokers back.") { Partition = cursor.Name });
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
        var name = _cluster.Metadata.Current.NameOf(leader);
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
                foreach (var (partition, end) in ends)
                {
                    found[partition] = end;
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

        lock (Prefetch.Gate)
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
                    Prefetch.Judge(cursor, failure);
                }
                else if (found.TryGetValue(cursor.Name, out var answer))
                {
                    if (answer.Error == ErrorCode.None)
                    {
                        cursor.MoveTo(answer.Offset);
                    }
                    else
                    {
                        Prefetch.Judge(cursor, BrokerFailure.Of(answer.Error, ApiKey.ListOffsets, name, null, cursor.Name));
                    }
                }
                else
                {
                    Prefetch.Delay(cursor, Prefetch.NoAnswer(cursor, name));
                }
            }
        }

        _wake.Set();
    }

    private async Task FetchAsync(int leader, int maxBytes, List<(PartitionCursor Cursor, int Generation, long Offset)> asked)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Reply<FetchResponse>? reply = null;
        var name = _cluster.Metadata.Current.NameOf(leader);
        KafkaException? failure = null;
        try
        {
            var request = FetchRequests.Make(
                asked.ConvertAll(static one => (one.Cursor.Name, one.Offset)), maxBytes, _options, _cluster.Metadata.Current, out var highest);
            reply = await _cluster.Brokers.Find(leader, _lane).AskAsync(request, _cluster.Options.RequestTimeout, _lifetime.Token, highest);
            if (reply.Message.ErrorCode != ErrorCode.None)
            {
                failure = BrokerFailure.Of(reply.Message.ErrorCode, ApiKey.Fetch, name);
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

        lock (Prefetch.Gate)
        {
            _fetching.Remove(leader);
            Prefetch.ReleaseRoom(maxBytes);
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
                    Prefetch.Judge(cursor, failure);
                }
                else
                {
                    Prefetch.Take(cursor, offset, reply is null ? null : Find(reply.Message, cursor.Name), frame, name);
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
}
