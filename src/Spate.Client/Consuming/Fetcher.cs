using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>
/// Reads ahead: finds the offsets to begin at, and fetches from each broker with one request at a time over connections of its own. One loop decides what to ask;
/// everything that it shares with callers is in <see cref="Prefetch"/>, under one gate.
/// </summary>
internal sealed class Fetcher : IAsyncDisposable
{
    /// <summary>How long the end waits for brokers to hear of it.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly int _lane;
    private readonly WakeSignal _wake;
    private readonly WakeSignal _arrival;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Dictionary<int, FetchNode> _nodes = [];
    private readonly Dictionary<int, List<FetchAsk>> _lookups = [];
    private readonly Dictionary<int, List<FetchAsk>> _checks = [];
    private readonly List<Task> _asking = [];
    private readonly List<FetchNode> _waiting = [];
    private readonly PositionLookup _lookup;
    private readonly PositionCheck _check;
    private readonly FetchVerdicts _verdicts;
    private readonly Task _loop;
    private long _due;
    private long _turn;

    public Fetcher(Cluster cluster, ConsumerOptions options)
    {
        _cluster = cluster;
        _options = options;
        _lane = cluster.Brokers.NewLane();
        _wake = new WakeSignal(cluster.Clock);
        _arrival = new WakeSignal(cluster.Clock);
        Prefetch = new Prefetch(cluster, options, _wake, _arrival);
        _lookup = new PositionLookup(cluster, options, Prefetch);
        _check = new PositionCheck(cluster, options, Prefetch);
        _verdicts = new FetchVerdicts(cluster, options, Prefetch);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What it reads into.</summary>
    public Prefetch Prefetch { get; }

    /// <summary>What was fetched next, once there is any. One caller at a time.</summary>
    /// <exception cref="KafkaException">A partition cannot be read; it rests, and others go on with the next call.</exception>
    public async ValueTask<FetchedChunk> NextAsync(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static state => ((WakeSignal)state!).Set(), _arrival);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, typeof(Consumer));
                if (Prefetch.TakeReady() is { } chunk)
                {
                    return chunk;
                }

                if (_cluster.IsDisposed)
                {
                    throw Cluster.Ended();
                }

                await _arrival.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            }
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        Prefetch.Remove(Prefetch.Assignment());
        _wake.Set();
        _arrival.Set();
        await _loop.ConfigureAwait(false);
        await _cluster.Brokers.CloseLaneAsync(_lane).ConfigureAwait(false);
        await Task.WhenAll(_asking).ConfigureAwait(false);
        await Task.WhenAll(_nodes.Values.Select(EndSessionAsync)).ConfigureAwait(false);
        Prefetch.Clear();
        _wake.Dispose();
        _arrival.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        // Of a client that has ended no broker can be had any more: asking would go round and round.
        while (!_lifetime.IsCancellationRequested && !_cluster.IsDisposed)
        {
            _asking.RemoveAll(static task => task.IsCompletedSuccessfully);
            Step(_cluster.Clock.GetTimestamp());
            var wait = _cluster.Clock.GetElapsedTime(_cluster.Clock.GetTimestamp(), _due);
            await _wake.WaitAsync(_due == long.MaxValue ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        }

        _arrival.Set();
    }

    private void Step(long now)
    {
        _due = long.MaxValue;
        lock (Prefetch.Gate)
        {
            Prefetch.Touch();
            foreach (var cursor in Prefetch.Cursors)
            {
                Plan(cursor, now);
            }

            Ask(_lookups, _lookup.RunAsync);
            Ask(_checks, _check.RunAsync);
            FetchFromAll();
        }

        ForgetNodes(_cluster.Metadata.Current);
    }

    /// <summary>Of brokers that have left the cluster nothing is kept.</summary>
    private void ForgetNodes(ClusterMetadata cluster)
    {
        if (_nodes.Count > cluster.Nodes.Count)
        {
            foreach (var id in _nodes.Keys.Where(id => !cluster.Nodes.ContainsKey(id) && !_nodes[id].IsFetching).ToList())
            {
                _nodes.Remove(id);
            }
        }
    }

    private void Plan(PartitionCursor cursor, long now)
    {
        if (cursor.IsFailed || cursor.IsAsking || cursor.Start == StartPosition.Committed || (cursor.Start is null && (cursor.IsPaused || cursor.Chunks > 1)))
        {
            return;
        }

        if (cursor.IsGoneAhead && cursor.Chunks > 0)
        {
            return;
        }

        cursor.IsGoneAhead = false;
        if (cursor.RetryAt > now)
        {
            Due(cursor.RetryAt);
            return;
        }

        var cluster = _cluster.Metadata.Current;
        if (cluster.Find(cursor.Name) is not { HasLeader: true } partition)
        {
            if (_cluster.Metadata.Fatal is { } fatal)
            {
                Prefetch.Refuse(cursor, fatal);
                return;
            }

            _cluster.Metadata.Invalidate();
            Prefetch.Delay(cursor, new KafkaException(ErrorCode.LeaderNotAvailable, $"{cursor.Name} is not known to the cluster or has no leader. Create the topic, check the partition's number, or bring its brokers back.") { Partition = cursor.Name });
            Due(cursor.RetryAt);
            return;
        }

        var topicId = cluster.Topics[cursor.Name.Topic].Id;
        if (!Prefetch.Recognise(cursor, topicId))
        {
            return;
        }

        var ask = new FetchAsk(cursor, cursor.Generation, cursor.FetchOffset, partition.Leader, partition.LeaderEpoch, topicId);
        if (cursor.Start is not null)
        {
            Add(_lookups, ask);
        }
        else if (cursor.NeedsCheck(partition.LeaderEpoch))
        {
            Add(_checks, ask);
        }
        else
        {
            var node = NodeOf(SourceOf(cursor, partition, cluster, now));
            if (node.MutedUntil > now)
            {
                Due(node.MutedUntil);
            }
            else if (!node.IsFetching)
            {
                node.Asks.Add(ask);
            }
        }
    }

    /// <summary>Where a partition is fetched from: the replica that the leader has named, for as long as that holds, or else the leader.</summary>
    private int SourceOf(PartitionCursor cursor, PartitionMetadata partition, ClusterMetadata cluster, long now)
    {
        if (cursor.ReadReplica is not { } replica)
        {
            return partition.Leader;
        }

        if (cursor.ReadReplicaUntil > now && cluster.Nodes.ContainsKey(replica))
        {
            return replica;
        }

        cursor.ReadFromLeader();
        return partition.Leader;
    }

    private FetchNode NodeOf(int id)
    {
        if (!_nodes.TryGetValue(id, out var node))
        {
            _nodes.Add(id, node = new FetchNode(id, _options));
        }

        return node;
    }

    private static void Add(Dictionary<int, List<FetchAsk>> plan, in FetchAsk ask)
    {
        if (!plan.TryGetValue(ask.Leader, out var asks))
        {
            plan.Add(ask.Leader, asks = []);
        }

        asks.Add(ask);
    }

    private void Ask(Dictionary<int, List<FetchAsk>> plan, Func<int, List<FetchAsk>, CancellationToken, Task> ask)
    {
        foreach (var (leader, asks) in plan)
        {
            asks.ForEach(static one => one.Cursor.IsAsking = true);
            _asking.Add(AskAndWakeAsync(ask(leader, asks, _lifetime.Token)));
        }

        plan.Clear();
    }

    private async Task AskAndWakeAsync(Task asking)
    {
        await asking.ConfigureAwait(false);
        _wake.Set();
    }

    /// <summary>Fetches from whoever can be asked. Who was asked longest ago comes first, lest the others use up the room again and again.</summary>
    private void FetchFromAll()
    {
        foreach (var node in _nodes.Values)
        {
            if (!node.IsFetching && node.Asks.Count > 0)
            {
                _waiting.Add(node);
            }
        }

        _waiting.Sort(static (one, other) => one.Turn.CompareTo(other.Turn));
        for (var index = 0; index < _waiting.Count; index++)
        {
            Fetch(_waiting[index], _waiting.Count - index);
        }

        _waiting.Clear();
    }

    private void Fetch(FetchNode node, int waiting)
    {
        if (Prefetch.ReserveRoom(node.Asks.Count, waiting) is not (> 0 and var maxBytes))
        {
            node.Asks.Clear();
            return;
        }

        node.IsFetching = true;
        node.Turn = ++_turn;
        node.Asks.ForEach(static ask => ask.Cursor.IsAsking = true);
        _asking.Add(FetchAsync(node, maxBytes));
    }

    private async Task FetchAsync(FetchNode node, int maxBytes)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Reply<FetchResponse>? reply = null;
        var kind = SessionReply.Failure;
        KafkaException? failure = null;
        try
        {
            var connection = await _cluster.Brokers.Find(node.Id, _lane).ConnectAsync(_lifetime.Token).ConfigureAwait(false);
            var hasIds = node.Asks.TrueForAll(static ask => !ask.TopicId.IsZero);
            var version = connection.Versions.Choose(ApiKey.Fetch, hasIds ? short.MaxValue : FetchSession.LastVersionOfNames);
            reply = await connection.SendAsync(node.Session.Ask(node.Asks, maxBytes, version), version, _cluster.Options.RequestTimeout, _lifetime.Token).ConfigureAwait(false);
            kind = node.Session.Hear(reply.Message);
            failure = kind == SessionReply.Failure ? BrokerFailure.Of(reply.Message.ErrorCode, ApiKey.Fetch, connection.Broker) : null;
        }
        catch (KafkaException thrown)
        {
            node.Session.BeginAnew();
            failure = thrown;
        }
        catch (OperationCanceledException)
        {
            // The consumer ends, and its sessions with it.
        }
        catch (ObjectDisposedException)
        {
            // The broker has moved; the loop looks again.
            node.Session.BeginAnew();
        }

        lock (Prefetch.Gate)
        {
            Prefetch.ReleaseRoom(maxBytes);
            var frame = reply is null ? null : new FetchedFrame(reply);
            if (frame is not null && kind is SessionReply.Whole or SessionReply.Changes)
            {
                node.MutedUntil = _cluster.Clock.GetTimestamp() + (long)(reply!.Message.ThrottleTimeMs / 1000.0 * _cluster.Clock.TimestampFrequency);
                _verdicts.Settle(node, reply.Message, kind, frame);
            }
            else
            {
                _verdicts.Fail(node, failure);
            }

            frame?.Release();
            node.Asks.Clear();
            node.IsFetching = false;
        }

        _wake.Set();
    }

    /// <summary>
    /// Tells a broker that its session has ended, so that the place is free for somebody else at once. That is a courtesy: a broker that cannot be told right away finds
    /// out by itself. The connection of the fetches will not do, since the last of them may still wait there for records.
    /// </summary>
    private async Task EndSessionAsync(FetchNode node)
    {
        if (!node.Session.IsOpen)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(EndPatience, _cluster.Clock);
            using var reply = await _cluster.Brokers.Find(node.Id).AskAsync(node.Session.End(), _cluster.Options.RequestTimeout, patience.Token).ConfigureAwait(false);
        }
        catch (Exception end) when (end is KafkaException or OperationCanceledException or ObjectDisposedException)
        {
            // The broker is gone or slow.
        }
    }

    private void Due(long timestamp) => _due = Math.Min(_due, timestamp);
}
