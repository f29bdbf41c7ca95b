using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing;

/// <summary>
/// The loop behind a producer: finds the batches whose time has come, puts those of one leader into one request, and decides what becomes of them
/// when it has ended. All state of sending is touched by this loop only; answers and new batches are put into queues and wake it.
/// </summary>
internal sealed class ProducerSender : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly Accumulator _accumulator;
    private readonly WakeSignal _wake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly List<PartitionQueue> _active = [];
    private readonly Dictionary<int, ProducerNode> _nodes = [];
    private readonly Dictionary<int, ProduceDraft> _drafts = [];
    private readonly ProducerNumbers _numbers;
    private readonly ProduceVerdicts _verdicts;
    private readonly Task _loop;
    private volatile KafkaException? _fatal;
    private volatile bool _isStopping;
    private int _flushes;
    private int _turn;
    private long _due;

    public ProducerSender(Cluster cluster, ProducerOptions options, Accumulator accumulator)
    {
        _cluster = cluster;
        _options = options;
        _accumulator = accumulator;
        _wake = new WakeSignal(cluster.Clock);
        _accumulator.Wake = _wake.Set;
        _numbers = new ProducerNumbers(cluster, options.IsIdempotent, _wake, _lifetime.Token);
        _verdicts = new ProduceVerdicts(cluster, options, accumulator, _numbers);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Why nothing more can be sent, or null.</summary>
    public KafkaException? Fatal => _fatal;

    /// <summary>While somebody flushes, batches do not wait for more records.</summary>
    public async Task FlushAsync(Func<Task> whenDelivered)
    {
        Interlocked.Increment(ref _flushes);
        _wake.Set();
        try
        {
            await whenDelivered();
        }
        finally
        {
            Interlocked.Decrement(ref _flushes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _lifetime.CancelAsync();
        _wake.Set();
        await _loop;
        _wake.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isStopping)
        {
            try
            {
                Step();
            }
            catch (Exception fault)
            {
                // A fault of this loop must not leave callers waiting for ever.
                _verdicts.Die(new KafkaException(ErrorCode.UnknownServerError, $"The producer broke: {fault.Message} This is a fault of Spate.Client; please report it.", fault) { IsFatal = true });
                _fatal = _verdicts.Fatal;
                FailWaiting(_fatal!);
            }

            await _wake.WaitAsync(Until(_due));
        }

        var disposed = new KafkaException(ErrorCode.NetworkException, "The producer was disposed before the record was delivered.") { IsRetriable = false };
        _accumulator.Close(disposed);
        FailWaiting(disposed);
    }

    private void Step()
    {
        var now = _cluster.Clock.GetTimestamp();
        _due = long.MaxValue;
        foreach (var node in _nodes.Values)
        {
            while (node.UnderWay.TryPeek(out var draft) && draft.HasEnded)
            {
                node.UnderWay.Dequeue();
                node.MutedUntil = now + Ticks(TimeSpan.FromMilliseconds(draft.Response?.ThrottleTimeMs ?? 0));
                _verdicts.Settle(draft);
            }
        }

        TakeActivated();
        if (_numbers.Ensure(now) is { } askAt)
        {
            Due(askAt);
        }

        if (_numbers.Fatal is { } numberless)
        {
            _verdicts.Die(numberless);
        }

        if (_verdicts.Fatal is { } fatal)
        {
            _fatal = fatal;
            FailWaiting(fatal);
            return;
        }

        Expire(now);
        while (DraftAll(now))
        {
            foreach (var draft in _drafts.Values)
            {
                Post(draft);
            }

            _drafts.Clear();
        }
    }

    private void TakeActivated()
    {
        while (_accumulator.Activated.TryDequeue(out var queue))
        {
            _active.Add(queue);
        }

        for (var index = _active.Count - 1; index >= 0; index--)
        {
            lock (_active[index].Gate)
            {
                if (_active[index].TryRest())
                {
                    _active.RemoveAt(index);
                }
            }
        }
    }

    private void Expire(long now)
    {
        var lifetime = Ticks(_options.DeliveryTimeout);
        foreach (var queue in _active)
        {
            while (OldestOf(queue) is { } oldest)
            {
                if (now - oldest.CreatedAt < lifetime)
                {
                    Due(oldest.CreatedAt + lifetime);
                    break;
                }

                lock (queue.Gate)
                {
                    queue.Take();
                }

                _verdicts.Expire(oldest, FailureOfLeader(queue), isOnWire: false);
            }

            foreach (var batch in queue.InFlight)
            {
                if (batch.IsTold)
                {
                    continue;
                }

                if (now - batch.CreatedAt >= lifetime)
                {
                    _verdicts.Expire(batch, FailureOfLeader(queue), isOnWire: true);
                }
                else
                {
                    Due(batch.CreatedAt + lifetime);
                }
            }
        }
    }

    /// <summary>Fills a request for each leader that can take one; says whether there is any.</summary>
    private bool DraftAll(long now)
    {
        // Whoever was first in the last round is not first in this one, so that a full request does not starve anybody.
        _turn++;
        for (var index = 0; index < _active.Count; index++)
        {
            Draft(_active[(int)((uint)(_turn + index) % (uint)_active.Count)], now);
        }

        return _drafts.Count > 0;
    }

    private void Draft(PartitionQueue queue, long now)
    {
        if (OldestDueOf(queue, now) is not { } batch || !_numbers.MaySend(queue, batch))
        {
            return;
        }

        if (_cluster.Metadata.Current.Find(queue.Name) is not { HasLeader: true } partition)
        {
            _cluster.Metadata.Invalidate();
            Due(now + Ticks(_cluster.Options.RetryBackoff));
            return;
        }

        if (!_drafts.TryGetValue(partition.Leader, out var draft))
        {
            var node = NodeOf(partition.Leader);
            if (node.UnderWay.Count >= _options.MaxInFlight)
            {
                return;
            }

            if (node.MutedUntil > now)
            {
                Due(node.MutedUntil);
                return;
            }

            if (ConnectionTo(partition.Leader, node, now) is not { } connection)
            {
                return;
            }

            draft = new ProduceDraft(partition.Leader, connection);
            _drafts.Add(partition.Leader, draft);
        }

        lock (queue.Gate)
        {
            if (!draft.HasRoomFor(batch, _options.MaxRequestSize))
            {
                return;
            }

            queue.Take();
        }

        queue.PutOnWire(batch);
        draft.Add(batch);
    }

    /// <summary>The oldest batch of a queue, if it is time to send it.</summary>
    private ProducerBatch? OldestDueOf(PartitionQueue queue, long now)
    {
        lock (queue.Gate)
        {
            if (queue.Waiting.Count == 0)
            {
                return null;
            }

            var oldest = queue.Waiting[0];
            var isPressed = queue.Waiting.Count > 1 || oldest.Size >= _options.BatchSize || Volatile.Read(ref _flushes) > 0 || _accumulator.Memory.HasWaiters;
            var due = oldest.Attempts > 0 ? oldest.RetryAt : isPressed ? now : oldest.CreatedAt + Ticks(_options.Linger);
            if (due > now)
            {
                Due(due);
                return null;
            }

            return oldest;
        }
    }

    private static ProducerBatch? OldestOf(PartitionQueue queue)
    {
        lock (queue.Gate)
        {
            return queue.Waiting.Count > 0 ? queue.Waiting[0] : null;
        }
    }

    private void Post(ProduceDraft draft)
    {
        for (var index = draft.Batches.Count - 1; index >= 0; index--)
        {
            var batch = draft.Batches[index];
            try
            {
                batch.Encode();
                _numbers.Number(batch.Queue, batch);
                batch.Attempts++;
            }
            catch (DllNotFoundException missing)
            {
                draft.Batches.RemoveAt(index);
                batch.Queue.InFlight.Remove(batch);
                _verdicts.Fail(batch, new KafkaException(ErrorCode.UnsupportedCompressionType, $"Records for {batch.Queue.Name} could not be compressed: {missing.Message}", missing));
            }
        }

        if (draft.Batches.Count > 0)
        {
            NodeOf(draft.NodeId).UnderWay.Enqueue(draft);
            _ = SendAsync(draft);
        }
    }

    /// <summary>Takes its place on the connection before it returns; what comes of it goes to the loop, which owns it.</summary>
    private async Task SendAsync(ProduceDraft draft)
    {
        try
        {
            var timeout = _cluster.Options.RequestTimeout;
            var request = ProduceRequests.Make(draft, _cluster.Metadata.Current, _options.Acks, timeout, out var highest);
            var version = draft.Connection.Versions.Choose(ApiKey.Produce, highest);
            if (_options.Acks == Acks.None)
            {
                await draft.Connection.SendWithoutReplyAsync(request, version, timeout);
            }
            else
            {
                using var reply = await draft.Connection.SendAsync(request, version, timeout, CancellationToken.None);
                draft.Response = reply.Message;
            }
        }
        catch (Exception failure)
        {
            // Whatever it was, the records were not delivered, and whoever waits for them hears of it.
            draft.Failure = failure as KafkaException
                ?? new KafkaException(ErrorCode.UnknownServerError, $"A Produce request could not be made: {failure.Message} This is a fault of Spate.Client; please report it.", failure);
        }

        draft.HasEnded = true;
        _wake.Set();
    }

    private BrokerConnection? ConnectionTo(int nodeId, ProducerNode node, long now)
    {
        BrokerLink link;
        try
        {
            link = _cluster.Brokers.Find(nodeId);
        }
        catch (KafkaException)
        {
            _cluster.Metadata.Invalidate();
            Due(now + Ticks(_cluster.Options.RetryBackoff));
            return null;
        }

        if (link.OpenConnection is { } open)
        {
            node.LastFailure = null;
            return open;
        }

        if (node.LastFailure is { IsFatal: true } refused)
        {
            // Credentials that were refused are not tried again and again.
            _verdicts.Die(refused);
            _wake.Set();
        }
        else if (node.Connecting is not { IsCompleted: false })
        {
            node.Connecting = ConnectAsync(link, node);
            _wake.SetAfter(node.Connecting);
        }

        return null;
    }

    private async Task ConnectAsync(BrokerLink link, ProducerNode node)
    {
        try
        {
            await link.ConnectAsync(_lifetime.Token);
        }
        catch (KafkaException failure)
        {
            node.LastFailure = failure;
            _cluster.Metadata.Invalidate();
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The producer stops, or the node has moved to another address; the loop looks again.
        }
    }

    private void FailWaiting(KafkaException failure)
    {
        foreach (var queue in _accumulator.AllQueues())
        {
            while (OldestOf(queue) is { } oldest)
            {
                lock (queue.Gate)
                {
                    queue.Take();
                }

                _verdicts.Fail(oldest, failure);
            }

            foreach (var batch in queue.InFlight)
            {
                batch.TellFailed(_ => failure);
            }
        }
    }

    private KafkaException? FailureOfLeader(PartitionQueue queue) =>
        _cluster.Metadata.Current.Find(queue.Name) is { HasLeader: true } partition && _nodes.TryGetValue(partition.Leader, out var node) ? node.LastFailure : null;

    private ProducerNode NodeOf(int nodeId)
    {
        if (!_nodes.TryGetValue(nodeId, out var node))
        {
            node = new ProducerNode();
            _nodes.Add(nodeId, node);
        }

        return node;
    }

    private void Due(long timestamp) => _due = Math.Min(_due, timestamp);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _cluster.Clock.TimestampFrequency);

    private TimeSpan Until(long due) => due == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : _cluster.Clock.GetElapsedTime(_cluster.Clock.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1);
}
