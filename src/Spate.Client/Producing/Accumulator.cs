using System.Collections.Concurrent;
using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// Gathers records into batches, within the bound on memory. What can be served at once is, without allocating; what cannot waits in the line
/// of its topic, for the topic to be known or for room. Safe for use by several threads at once.
/// </summary>
internal sealed class Accumulator(Cluster cluster, ProducerOptions options) : IDisposable
{
    private const int BatchesKeptMax = 4096;

    private readonly ConcurrentDictionary<string, TopicQueue> _topics = new(StringComparer.Ordinal);
    private volatile TopicQueue? _lastTopic;
    private readonly BoundedPool<ProducerBatch> _batches = new(
        (int)Math.Clamp(options.BufferMemory / options.BatchSize, 1, BatchesKeptMax), static () => new ProducerBatch { Queue = null! });
    private readonly HashSet<ProducerBatch> _undelivered = [];
    private readonly Lock _undeliveredGate = new();
    private readonly CancellationTokenSource _end = new();
    private volatile KafkaException? _closed;
    private readonly RecordBatchOptions _batchOptions = new() { Codec = options.Compression, CompressionLevel = options.CompressionLevel, IsTransactional = options.TransactionalId is not null };

    public BufferMemory Memory { get; } = new(options.BufferMemory, cluster.Clock);

    /// <summary>What keeps records from being delivered.</summary>
    public ProducerObstacles Obstacles { get; } = new(cluster);

    /// <summary>Queues that have got something to send since they had nothing; the sender takes them from here.</summary>
    public ConcurrentQueue<PartitionQueue> Activated { get; } = new();

    /// <summary>Called when there may be something to send.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>The queue of a topic. A caller that names one topic again and again, by the same string, does not pay for the search.</summary>
    public TopicQueue TopicOf(string topic)
    {
        if (_lastTopic is { } last && ReferenceEquals(last.Name, topic))
        {
            return last;
        }

        if (!_topics.TryGetValue(topic, out var known))
        {
            known = Begin(topic);
        }

        if (ReferenceEquals(known.Name, topic))
        {
            _lastTopic = known;
        }

        return known;
    }

    /// <summary>Adds a record if that can be done now.</summary>
    public bool TryAppend(TopicQueue topic, int? partition, Scratch scratch, long timestamp, ReadOnlySpan<RecordHeader> headers, Delivery delivery)
    {
        if (topic.HasLine || topic.FindIn(cluster.Metadata.Current) is not { } metadata)
        {
            return false;
        }

        if (partition is { } given && (uint)given >= (uint)metadata.Partitions.Count)
        {
            return false;
        }

        var chosen = partition ?? Choose(topic, metadata, scratch);
        return TryAppend(topic, chosen, scratch, timestamp, headers, delivery);
    }

    /// <summary>Waits in line for the topic and for room, and adds the record.</summary>
    /// <exception cref="KafkaException">The time was up, or the record cannot go there.</exception>
    public async ValueTask AppendAsync(
        TopicQueue topic, int? partition, Scratch scratch, long timestamp, ReadOnlyMemory<RecordHeader> headers, Delivery delivery, CancellationToken cancellationToken)
    {
        topic.EnterLine();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
            await AppendInLineAsync(topic, partition, scratch, timestamp, headers, delivery, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled)
        {
            // The caller knows its own token, and no other.
            throw !cancellationToken.IsCancellationRequested && _closed is { } failure ? failure : new OperationCanceledException(canceled.Message, canceled, cancellationToken);
        }
        finally
        {
            topic.LeaveLine();
        }
    }

    /// <summary>Ends when every record whose call came before has left the lines.</summary>
    public async Task LeaveLinesAsync(CancellationToken cancellationToken)
    {
        foreach (var topic in _topics.Values)
        {
            if (topic.HasLine)
            {
                await topic.Line.WaitAsync(cancellationToken).ConfigureAwait(false);
                topic.Line.Release();
            }
        }
    }

    /// <summary>Ends when all batches that exist now have been delivered or have failed.</summary>
    public Task WhenDelivered()
    {
        lock (_undeliveredGate)
        {
            return Task.WhenAll(_undelivered.Select(static batch => (batch.Flush ??= new FlushMark()).Ended));
        }
    }

    /// <summary>Nothing is taken from here on: whoever stands in line or comes later is told the failure.</summary>
    public void Close(KafkaException failure)
    {
        _closed = failure;
        _end.Cancel();
    }

    /// <summary>Every queue that there is.</summary>
    public IEnumerable<PartitionQueue> AllQueues() => _topics.Values.SelectMany(static topic => topic.All);

    /// <summary>Makes two batches of one, which retires. Both belong to the sender.</summary>
    public (ProducerBatch First, ProducerBatch Second) Split(ProducerBatch whole)
    {
        var (first, second) = (_batches.Rent(), _batches.Rent());
        var (width, reserved) = (whole.OrderWidth / 2, whole.ReservedBytes / 2);
        first.Begin(whole.Queue, whole.Order, width, whole.CreatedAt, reserved, _batchOptions);
        second.Begin(whole.Queue, whole.Order + width, width, whole.CreatedAt, whole.ReservedBytes - reserved, _batchOptions);
        whole.Split(first, second, whole.Queue.Identity);
        first.Attempts = second.Attempts = whole.Attempts;
        first.MayBeWritten = second.MayBeWritten = whole.MayBeWritten;
        lock (_undeliveredGate)
        {
            _undelivered.Add(first);
            _undelivered.Add(second);
            first.Flush = second.Flush = whole.Flush?.Shared();
        }

        Retire(whole, releasedBytes: 0);
        return (first, second);
    }

    /// <summary>The batch has come to its end: its memory is free again.</summary>
    /// <param name="batch">The batch, whose callers have been told or belong to other batches now.</param>
    /// <param name="releasedBytes">What to give back of its reservation.</param>
    public void Retire(ProducerBatch batch, int releasedBytes)
    {
        FlushMark? flush;
        lock (_undeliveredGate)
        {
            _undelivered.Remove(batch);
            flush = batch.Flush;
            batch.Flush = null;
        }

        if (batch.ReservedBytes > options.BatchSize)
        {
            // A large record's memory is not kept for small ones: the batches that are kept would hold more than BufferMemory allows.
            batch.Dispose();
        }

        if (!_batches.Return(batch))
        {
            batch.Dispose();
        }

        Memory.Release(releasedBytes);
        flush?.End();
    }

    /// <summary>Lets go of what is left, when nobody stands in line any more.</summary>
    public void Dispose() => _end.Dispose();

    private async ValueTask AppendInLineAsync(
        TopicQueue topic, int? partition, Scratch scratch, long timestamp, ReadOnlyMemory<RecordHeader> headers, Delivery delivery, CancellationToken cancellationToken)
    {
        var began = cluster.Clock.GetTimestamp();
        await EnterAsync(topic, cancellationToken).ConfigureAwait(false);
        try
        {
            // The record may have grown stale in line; the bound holds for all of the wait.
            var metadata = await KnowAsync(topic, partition, began, cancellationToken).ConfigureAwait(false);
            var chosen = partition ?? Choose(topic, metadata, scratch);
            if (TryAppend(topic, chosen, scratch, timestamp, headers.Span, delivery))
            {
                return;
            }

            var bytes = BytesFor(scratch, headers.Span);
            await ReserveAsync(bytes, topic, began, cancellationToken).ConfigureAwait(false);
            Append(topic, chosen, scratch, timestamp, headers.Span, delivery, bytes);
        }
        finally
        {
            topic.Line.Release();
        }
    }

    private async Task EnterAsync(TopicQueue topic, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.MaxBlock, cluster.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await topic.Line.WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever is first in line waits for the topic, or for room; so do all behind.
            throw topic.FindIn(cluster.Metadata.Current) is null ? cluster.Metadata.Missing(topic.Name, options.MaxBlock) : Full(topic);
        }
    }

    private async ValueTask<TopicMetadata> KnowAsync(TopicQueue topic, int? partition, long began, CancellationToken cancellationToken)
    {
        var metadata = await cluster.Metadata.GetTopicAsync(topic.Name, Remaining(began), cancellationToken, options.MaxBlock).ConfigureAwait(false);
        if (partition is not { } given)
        {
            return metadata;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(given);
        if (given >= metadata.Partitions.Count)
        {
            // Partitions may have been added since.
            await cluster.Metadata.RefreshAsync($"partition {given} of topic '{topic.Name}'", Remaining(began), cancellationToken, options.MaxBlock).ConfigureAwait(false);
            metadata = await cluster.Metadata.GetTopicAsync(topic.Name, Remaining(began), cancellationToken, options.MaxBlock).ConfigureAwait(false);
        }

        return given < metadata.Partitions.Count
            ? metadata
            : throw new KafkaException(
                ErrorCode.UnknownTopicOrPartition,
                $"A record for {topic.Name}-{given} cannot be sent: the topic has {metadata.Partitions.Count} partitions, from 0 to {metadata.Partitions.Count - 1}. Choose one of them, or add partitions.")
            {
                IsRetriable = false,
                Partition = new(topic.Name, given),
            };
    }

    private async Task ReserveAsync(int bytes, TopicQueue topic, long began, CancellationToken cancellationToken)
    {
        try
        {
            await Memory.ReserveAsync(bytes, Remaining(began), Wake, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Full(topic);
        }
    }

    private KafkaTimeoutException Full(TopicQueue topic)
    {
        var obstacle = default(Obstacle?);
        var oldest = "";
        if (FindOldest(out var partition, out var lastFailure))
        {
            obstacle = Obstacles.Of(partition, lastFailure);
            oldest = $", the oldest for {partition}";
        }

        return new KafkaTimeoutException(
            $"There was no room for a record of topic '{topic.Name}' within {options.MaxBlock.TotalMilliseconds} ms: of {options.BufferMemory} bytes {options.BufferMemory - Memory.Available} are taken by records that "
            + $"wait to be delivered{oldest}. {obstacle?.Text ?? "They are taken by their broker, but more slowly than they come."} Send less at once, or raise BufferMemory.",
            obstacle?.Cause)
        {
            Broker = obstacle?.Broker,
        };
    }

    /// <summary>What has waited longest.</summary>
    private bool FindOldest(out TopicPartition partition, out KafkaException? lastFailure)
    {
        lock (_undeliveredGate)
        {
            var oldest = _undelivered.MinBy(static batch => batch.CreatedAt);
            (partition, lastFailure) = oldest is null ? default : (oldest.Queue.Name, oldest.LastFailure);
            return oldest is not null;
        }
    }

    private TimeSpan Remaining(long began)
    {
        var left = options.MaxBlock - cluster.Clock.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private int Choose(TopicQueue topic, TopicMetadata metadata, Scratch scratch)
    {
        var key = scratch.Key;
        var count = metadata.Partitions.Count;
        if (options.Partitioner is { } partitioner)
        {
            int chosen;
            try
            {
                chosen = partitioner.ChoosePartition(topic.Name, !key.IsNull, key.Span, scratch.Value.Span, count);
            }
            catch (Exception thrown)
            {
                throw new KafkaException(
                    ErrorCode.UnknownServerError, $"The partitioner {partitioner.GetType().Name} threw {thrown.GetType().Name} for a record of topic '{topic.Name}': {Sentence.Of(thrown.Message)} Nothing was sent.", thrown);
            }

            if (chosen >= count || chosen < -1)
            {
                throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"The partitioner {partitioner.GetType().Name} chose partition {chosen} of topic '{topic.Name}', which has {count}.") { IsRetriable = false };
            }

            if (chosen >= 0)
            {
                return chosen;
            }
        }

        if (!key.IsNull)
        {
            return Murmur2.PartitionOf(key.Span, count);
        }

        return topic.Sticky.Choose(metadata, topic.WaitingIn);
    }

    private bool TryAppend(TopicQueue topic, int partition, Scratch scratch, long timestamp, ReadOnlySpan<RecordHeader> headers, Delivery delivery)
    {
        var queue = topic.Find(partition);
        var bytes = RecordBatchBuilder.SizeBound(scratch.Key, scratch.Value, headers);
        lock (queue.Gate)
        {
            if (TryAppendToOpen(topic, queue, bytes, scratch, timestamp, headers, delivery))
            {
                return true;
            }
        }

        var reserved = BytesFor(scratch, headers);
        if (!Memory.TryReserve(reserved))
        {
            return false;
        }

        Append(topic, partition, scratch, timestamp, headers, delivery, reserved);
        return true;
    }

    private bool TryAppendToOpen(
        TopicQueue topic, PartitionQueue queue, int bytes, Scratch scratch, long timestamp, ReadOnlySpan<RecordHeader> headers, Delivery delivery)
    {
        if (_closed is { } failure)
        {
            throw failure;
        }

        if (queue.Open is not { } open || open.Size + bytes > options.BatchSize)
        {
            return false;
        }

        open.Append(timestamp, scratch.Key, scratch.Value, headers, delivery);
        topic.Sticky.Count(queue.Name.Partition, bytes, batchEnded: false);
        return true;
    }

    /// <summary>Adds a record to a new batch for which there is room; or to one that somebody else has opened meanwhile.</summary>
    private void Append(TopicQueue topic, int partition, Scratch scratch, long timestamp, ReadOnlySpan<RecordHeader> headers, Delivery delivery, int reserved)
    {
        var queue = topic.Find(partition);
        var bytes = RecordBatchBuilder.SizeBound(scratch.Key, scratch.Value, headers);
        var isNew = false;
        lock (queue.Gate)
        {
            if (!TryAppendToOpen(topic, queue, bytes, scratch, timestamp, headers, delivery))
            {
                topic.Interest.Touch();
                var batch = _batches.Rent();
                batch.Begin(queue, queue.NextOrder(), PartitionQueue.OrderWidth, cluster.Clock.GetTimestamp(), reserved, _batchOptions);
                Track(batch);
                batch.Append(timestamp, scratch.Key, scratch.Value, headers, delivery);
                topic.Sticky.Count(partition, bytes, batchEnded: true);
                if (queue.Add(batch))
                {
                    Activated.Enqueue(queue);
                }

                isNew = true;
            }
        }

        if (!isNew)
        {
            Memory.Release(reserved);
        }

        Wake();
    }

    private TopicQueue Begin(string topic) => _topics.GetOrAdd(
        topic,
        name => new TopicQueue(name, new StickyPartition(options.BatchSize, options.AdaptivePartitioning, cluster.Chance), cluster.Metadata.Watch(name)));

    private void Track(ProducerBatch batch)
    {
        lock (_undeliveredGate)
        {
            _undelivered.Add(batch);
        }
    }

    private int BytesFor(Scratch scratch, ReadOnlySpan<RecordHeader> headers) =>
        Math.Max(options.BatchSize, RecordBatchHeader.Size + RecordBatchBuilder.SizeBound(scratch.Key, scratch.Value, headers));
}
