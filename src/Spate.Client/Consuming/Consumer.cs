using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Spate.Client.Consuming.Groups;
using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Reads partitions, those that its group gives it (<see cref="Subscribe(IEnumerable{string})"/>) or those that the caller names (<see cref="Assign"/>), and reads ahead while records are
/// worked on. Records of a partition come in the order of their offsets. The position moves past a record when it is handed out; the record is finished, and may be committed, when the
/// enumeration has asked for the one after it. One enumeration at a time; everything else is safe for use by several threads at once.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly Fetcher _fetcher;
    private readonly Floor _floor = new();
    private readonly ConsumerGroup? _group;
    private readonly ConsumerWatch _watch;
    private int _isEnumerated;
    private int _isDisposed;

    internal Consumer(Cluster cluster, ConsumerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _fetcher = new Fetcher(cluster, options);
        _group = options.GroupId is null ? null : new ConsumerGroup(cluster, options, _fetcher.Prefetch, _floor, this);
        _watch = new ConsumerWatch(cluster, _fetcher.Prefetch, options.GroupId);
    }

    /// <summary>The partitions that are read.</summary>
    public IReadOnlyList<TopicPartition> Assignment => _fetcher.Prefetch.Assignment();

    /// <summary>
    /// Reads topics as a member of <see cref="ConsumerOptions.GroupId"/>: the members share the partitions among them. The group is joined when an enumeration begins. Called again it subscribes to
    /// these topics instead of those before.
    /// </summary>
    /// <param name="topics">The topics' names; they need not be there yet.</param>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConsumerOptions.GroupId"/>, or partitions are assigned by hand.</exception>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public void Subscribe(params IEnumerable<string> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var subscription = Subscription.To(topics);
        if (subscription.Topics.Count == 0 || subscription.Topics.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("Name one topic at least, and none without a name.", nameof(topics));
        }

        Subscribe(subscription);
    }

    /// <summary>
    /// Reads all topics whose whole names match, also those to come, as a member of <see cref="ConsumerOptions.GroupId"/>. In the classic protocol the cluster is asked for its topics every
    /// <see cref="KafkaClientOptions.MetadataMaxAge"/>, and the brokers' own are left out; in the new one the broker matches, in RE2's syntax.
    /// </summary>
    /// <param name="pattern">What names match.</param>
    /// <inheritdoc cref="Subscribe(IEnumerable{string})" path="/exception"/>
    public void Subscribe(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Subscribe(Subscription.To(pattern));
    }

    /// <summary>Commits what is finished if <see cref="ConsumerOptions.AutoCommit"/> is on, and leaves the group. Nothing happens when nothing is subscribed to.</summary>
    /// <exception cref="InvalidOperationException">It is called by a rebalance callback.</exception>
    public Task UnsubscribeAsync() => _group?.UnsubscribeAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Commits what is finished: everything that was handed out before the record in hand. For that one too, say so: <see cref="CommitAsync{TKey, TValue}"/>.
    /// </summary>
    /// <param name="cancellationToken">Gives up. Whether it was committed is then not known.</param>
    /// <exception cref="KafkaGroupException">The consumer is not the member of its group that it was, or the group does not allow it. What was not committed is read again.</exception>
    /// <exception cref="KafkaTimeoutException">It could not be done within <see cref="KafkaClientOptions.ApiTimeout"/>.</exception>
    /// <exception cref="KafkaException">The coordinator refused it.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConsumerOptions.GroupId"/>.</exception>
    public Task CommitAsync(CancellationToken cancellationToken = default) =>
        Group.Offsets.CommitFinishedAsync(only: null, _cluster.Options.ApiTimeout, cancellationToken);

    /// <summary>Commits these offsets, whatever was handed out.</summary>
    /// <param name="offsets">The next offset to be read, for each partition.</param>
    /// <param name="cancellationToken">Gives up. Whether it was committed is then not known.</param>
    /// <exception cref="ArgumentOutOfRangeException">An offset is negative.</exception>
    /// <inheritdoc cref="CommitAsync(CancellationToken)" path="/exception"/>
    public Task CommitAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        foreach (var (_, offset) in offsets)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset.Offset, nameof(offsets));
        }

        return offsets.Count == 0 ? Task.CompletedTask : Group.Offsets.CommitAsync(offsets, cancellationToken);
    }

    /// <summary>Commits that a record is done with, and all before it in its partition.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Gives up. Whether it was committed is then not known.</param>
    /// <inheritdoc cref="CommitAsync(CancellationToken)" path="/exception"/>
    public Task CommitAsync<TKey, TValue>(ConsumerRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [record.Partition] = new(record.Offset + 1, LeaderEpoch: record.LeaderEpoch) }, cancellationToken);

    /// <summary>What the group has committed; null where that is nothing.</summary>
    /// <param name="partitions">The partitions to ask for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="CommitAsync(CancellationToken)" path="/exception"/>
    public async Task<IReadOnlyDictionary<TopicPartition, CommittedOffset?>> CommittedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        return await Group.Coordinator.RetryAsync(
            "Reading the committed offsets", _cluster.Options.ApiTimeout, token => Group.Offsets.FetchAsync([.. partitions.Distinct()], token), cancellationToken);
    }

    /// <summary>
    /// Reads these partitions from here on, and no others. Those that were read before go on where they are, unless a start is given.
    /// </summary>
    /// <param name="partitions">The partitions; none stops reading.</param>
    /// <param name="start">Where to begin; null for what the group has committed, if there is a group, or else what <see cref="ConsumerOptions.OffsetReset"/> says.</param>
    /// <exception cref="ArgumentException">A topic's name is empty or a partition is negative.</exception>
    /// <exception cref="InvalidOperationException">The consumer is subscribed: its partitions come from its group.</exception>
    public void Assign(IReadOnlyCollection<TopicPartition> partitions, StartPosition? start = null)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        foreach (var partition in partitions)
        {
            ArgumentException.ThrowIfNullOrEmpty(partition.Topic, nameof(partitions));
            ArgumentOutOfRangeException.ThrowIfNegative(partition.Partition, nameof(partitions));
        }

        if (_group is { IsSubscribed: true })
        {
            throw new InvalidOperationException("This consumer is subscribed and gets its partitions from its group; unsubscribe, or make another consumer to name partitions to.");
        }

        _fetcher.Prefetch.Assign([.. partitions.Distinct()], start);
        _group?.Place();
    }

    /// <summary>Reads all partitions that a topic has now. Partitions that are added later are not read.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="start">Where to begin; null for what <see cref="ConsumerOptions.OffsetReset"/> says.</param>
    /// <param name="cancellationToken">Ends the wait for the topic to be known.</param>
    /// <exception cref="KafkaTimeoutException">The topic was not known within <see cref="KafkaClientOptions.ApiTimeout"/>.</exception>
    /// <exception cref="KafkaException">The topic cannot be had.</exception>
    public async Task AssignTopicAsync(string topic, StartPosition? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        var known = await _cluster.Metadata.GetTopicAsync(topic, _cluster.Options.ApiTimeout, cancellationToken);
        Assign([.. known.Partitions.Select(partition => new TopicPartition(topic, partition.Index))], start);
    }

    /// <summary>Goes on reading a partition somewhere else. What was read ahead is dropped; a record that is being worked on is not affected.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Seek(TopicPartition partition, StartPosition to) => _fetcher.Prefetch.With(partition, cursor =>
    {
        cursor.Seek(to);
        return true;
    });

    /// <summary>Hands out nothing more of a partition until <see cref="Resume"/>. Its position stays.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Pause(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor =>
    {
        cursor.IsPaused = true;
        if (cursor.Start is null)
        {
            // What was read ahead is dropped, and is read again from the position.
            cursor.Rewind();
        }

        return true;
    });

    /// <summary>Goes on with a partition that was paused.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Resume(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.IsPaused = false);

    /// <summary>The offset of the next record to be handed out; null while it is being found out.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public long? Position(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.Start is null ? cursor.Position : (long?)null);

    /// <summary>How many offsets lie between the position and the end, as last heard; null before anything was heard.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public long? Lag(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.Lag);

    /// <summary>Hands out records as they come, without end.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KafkaSerializationException">A record could not be read, and nobody was named to be told. Begun again, the enumeration goes on after it.</exception>
    /// <exception cref="KafkaTimeoutException">A partition could not be read for <see cref="KafkaClientOptions.ApiTimeout"/>. Begun again, the enumeration goes on trying.</exception>
    /// <exception cref="KafkaException">A partition cannot be read; it rests until <see cref="Seek"/>. Begun again, the enumeration goes on with the others.</exception>
    /// <exception cref="KafkaGroupException">The group does not take this consumer, or has put it out.</exception>
    /// <exception cref="InvalidOperationException">Another enumeration of this consumer runs.</exception>
    public async IAsyncEnumerable<ConsumerRecord<TKey, TValue>> ConsumeAsync<TKey, TValue>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        using var reader = new ChunkReader<TKey, TValue>(_cluster.Options.Serializers, _options, _watch.Origin);
        FetchedChunk? chunk = null;
        try
        {
            while (true)
            {
                chunk = await NextAsync(cancellationToken);
                reader.Open(chunk);
                var isWanted = true;
                while (isWanted && await reader.ReadBatchAsync(cancellationToken))
                {
                    _watch.Delivers(chunk.Cursor.Name, reader.Records.Count);
                    for (var index = 0; isWanted && index < reader.Records.Count; index++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await YieldAsync(chunk, cancellationToken);
                        isWanted = _fetcher.Prefetch.Advance(chunk, reader.Records[index].Offset + 1);
                        if (isWanted && reader.ErrorAt(index) is { } error)
                        {
                            await TellAsync(error, cancellationToken);
                        }
                        else if (isWanted)
                        {
                            yield return reader.Records[index];
                        }
                    }

                    isWanted = isWanted && _fetcher.Prefetch.Advance(chunk, reader.NextOffset);
                }

                reader.Close();
                _fetcher.Prefetch.Release(chunk, isWhole: true);
                chunk = null;
            }
        }
        finally
        {
            reader.Close();
            Leave(chunk);
        }
    }

    /// <summary>Hands out records by the batches that they were written in, as they come, without end. The position moves past a batch when it is handed out.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="ConsumeAsync" path="/exception"/>
    public async IAsyncEnumerable<ConsumedBatch<TKey, TValue>> ConsumeBatchesAsync<TKey, TValue>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        using var reader = new ChunkReader<TKey, TValue>(_cluster.Options.Serializers, _options, _watch.Origin);
        FetchedChunk? chunk = null;
        try
        {
            while (true)
            {
                chunk = await NextAsync(cancellationToken);
                reader.Open(chunk);
                var isWanted = true;
                while (isWanted && await reader.ReadBatchAsync(cancellationToken))
                {
                    _watch.Delivers(chunk.Cursor.Name, reader.Records.Count);
                    cancellationToken.ThrowIfCancellationRequested();
                    await YieldAsync(chunk, cancellationToken);
                    var records = reader.IsReadable ? reader.TakeRecords() : new RecordList<TKey, TValue>();
                    for (var index = 0; !reader.IsReadable && index < reader.Records.Count; index++)
                    {
                        if (reader.ErrorAt(index) is not { } error)
                        {
                            records.Add(reader.Records[index]);
                        }
                        else if (_options.OnUnreadable is not null || records.Count == 0)
                        {
                            isWanted = _fetcher.Prefetch.Advance(chunk, reader.Records[index].Offset + 1);
                            await TellAsync(error, cancellationToken);
                        }
                        else
                        {
                            // What lies before it is handed out first, and it is met again after that.
                            isWanted = false;
                            break;
                        }
                    }

                    var isCut = !isWanted;
                    var next = isCut && records.Count > 0 ? records[records.Count - 1].Offset + 1 : reader.NextOffset;
                    if (!_fetcher.Prefetch.Advance(chunk, next))
                    {
                        break;
                    }

                    if (records.Count > 0)
                    {
                        yield return new ConsumedBatch<TKey, TValue>(chunk.Cursor.Name, records);
                    }

                    if (isCut)
                    {
                        _fetcher.Prefetch.Finish(chunk);
                        break;
                    }
                }

                reader.Close();
                _fetcher.Prefetch.Release(chunk, isWhole: isWanted);
                chunk = null;
            }
        }
        finally
        {
            reader.Close();
            Leave(chunk);
        }
    }

    /// <summary>
    /// Hands out batches as they were received, without end: records are read where they lie, by whoever enumerates the batch, and cost no allocation. The fastest way to read
    /// for whoever needs no objects. The position moves past a batch when it is handed out.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="ConsumeAsync" path="/exception"/>
    public async IAsyncEnumerable<RawBatch> ConsumeRawAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        using var batches = new ChunkBatches(_options);
        var batch = new RawBatch(batches);
        FetchedChunk? chunk = null;
        try
        {
            while (true)
            {
                chunk = await NextAsync(cancellationToken);
                batches.Open(chunk);
                var isWanted = true;
                while (isWanted && batches.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await YieldAsync(chunk, cancellationToken);
                    isWanted = _fetcher.Prefetch.Advance(chunk, batches.NextOffset);
                    if (isWanted && !batches.IsEmpty)
                    {
                        _watch.Delivers(chunk.Cursor.Name, batches.CountAtMost);
                        yield return batch;
                    }
                }

                batches.Close();
                _fetcher.Prefetch.Release(chunk, isWhole: true);
                chunk = null;
            }
        }
        finally
        {
            Leave(chunk);
        }
    }

    /// <summary>
    /// Stops reading: commits what is finished if <see cref="ConsumerOptions.AutoCommit"/> is on, leaves the group unless this is a static member, and closes the connections that were only
    /// for this. Takes no longer than <see cref="KafkaClientOptions.RequestTimeout"/> for the group; what cannot be committed in that time is read again by whoever has the partitions next. An enumeration
    /// under way ends with <see cref="ObjectDisposedException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called by a rebalance callback.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            if (_group is not null)
            {
                await _group.DisposeAsync();
            }

            _watch.Dispose();
            await _fetcher.DisposeAsync();
        }
    }

    private ConsumerGroup Group
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
            return _group ?? throw new InvalidOperationException("This consumer is in no group; set ConsumerOptions.GroupId.");
        }
    }

    private void Subscribe(Subscription subscription)
    {
        var group = Group;
        if (!group.IsSubscribed && Assignment.Count > 0)
        {
            throw new InvalidOperationException("Partitions are assigned to this consumer by hand; assign none, or make another consumer to subscribe with.");
        }

        group.Subscribe(subscription);
        if (Volatile.Read(ref _isEnumerated) == 1)
        {
            group.Ask();
        }
    }

    /// <summary>The next chunk. While there is none the membership may speak.</summary>
    private async ValueTask<FetchedChunk> NextAsync(CancellationToken cancellationToken)
    {
        _floor.Turn();
        _floor.Release(isAsking: true);
        var chunk = await _watch.PollAsync(_fetcher, cancellationToken);
        try
        {
            await _floor.TakeAsync(cancellationToken);
            return chunk;
        }
        catch
        {
            _fetcher.Prefetch.Release(chunk, isWhole: false);
            throw;
        }
    }

    /// <summary>Between two records: whoever had the last one has come back, and the membership may speak if it wants to.</summary>
    private ValueTask YieldAsync(FetchedChunk chunk, CancellationToken cancellationToken)
    {
        _floor.Turn();
        return _floor.IsWanted ? YieldFloorAsync(chunk, cancellationToken) : default;
    }

    private ValueTask YieldFloorAsync(FetchedChunk chunk, CancellationToken cancellationToken)
    {
        _fetcher.Prefetch.Finish(chunk);
        _floor.Release(isAsking: true);
        return _floor.TakeAsync(cancellationToken);
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        if (Interlocked.Exchange(ref _isEnumerated, 1) == 1)
        {
            throw new InvalidOperationException("This consumer is being enumerated already; enumerate it once at a time, or make another consumer.");
        }

        try
        {
            // The floor is given to the membership first if it waits for it: nothing is in anybody's hands.
            _floor.Release(isAsking: true);
            _group?.Ask();
        }
        catch
        {
            _floor.Release(isAsking: false);
            Volatile.Write(ref _isEnumerated, 0);
            throw;
        }
    }

    private void Leave(FetchedChunk? chunk)
    {
        if (chunk is not null)
        {
            _fetcher.Prefetch.Release(chunk, isWhole: false);
        }

        _floor.Release(isAsking: false);
        Volatile.Write(ref _isEnumerated, 0);
    }

    private ValueTask TellAsync(KafkaSerializationException error, CancellationToken cancellationToken) =>
        _options.OnUnreadable is { } told ? told(error, cancellationToken) : throw error;
}
