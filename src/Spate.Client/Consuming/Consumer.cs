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
    private readonly ConsumerGroup? _group;
    private readonly ConsumerWatch _watch;
    private int _isDisposed;

    internal Consumer(Cluster cluster, ConsumerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _fetcher = new Fetcher(cluster, options);
        var floor = new Floor();
        _group = options.GroupId is null ? null : new ConsumerGroup(cluster, options, _fetcher.Prefetch, floor, this);
        _watch = new ConsumerWatch(cluster, _fetcher.Prefetch, options.GroupId);
        Seat = new ReaderSeat(cluster, options, _watch, _fetcher.Prefetch, floor, token => _watch.PollAsync(_fetcher, token), BeginEnumeration);
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
    /// Who this consumer is to its group now; for <see cref="Producing.Transactions.ProducerTransaction"/>, which commits offsets in its name. It changes when members come and go, so ask for it each time.
    /// </summary>
    /// <exception cref="KafkaGroupException">It is subscribed, and is no member at present.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConsumerOptions.GroupId"/>.</exception>
    public ConsumerGroupMetadata GroupMetadata => Group.Metadata;

    /// <summary>
    /// Commits what is finished: everything that was handed out before the record in hand. For that one too, say so: <see cref="CommitAsync{TKey, TValue}"/>.
    /// </summary>
    /// <param name="cancellationToken">Gives up. Whether it was committed is then not known.</param>
    /// <exception cref="KafkaGroupException">The consumer is not the member of its group that it was, or the group does not allow it. What was not committed is read again.</exception>
    /// <exception cref="KafkaTimeoutException">It was not done within <see cref="KafkaClientOptions.ApiTimeout"/>, in which it also waits for the commits before it. Whether it was committed is not known.</exception>
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
            "Reading the committed offsets", _cluster.Options.ApiTimeout, token => Group.Offsets.FetchAsync([.. partitions.Distinct()], token), cancellationToken).ConfigureAwait(false);
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
        var known = await _cluster.Metadata.GetTopicAsync(topic, _cluster.Options.ApiTimeout, cancellationToken).ConfigureAwait(false);
        Assign([.. known.Partitions.Select(partition => new TopicPartition(topic, partition.Index))], start);
    }

    /// <summary>Goes on reading a partition somewhere else. What was read ahead is dropped; a record that is being worked on is not affected.</summary>
    /// <param name="partition">One of <see cref="Assignment"/>.</param>
    /// <param name="to">
    /// Where to. Whether an offset is there is found out when it is fetched: one that is not is what <see cref="ConsumerOptions.OffsetReset"/> is for. A partition that rests after a failure is read again from here.
    /// </param>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Seek(TopicPartition partition, StartPosition to) => _fetcher.Prefetch.With(partition, cursor =>
    {
        cursor.Seek(to);
        return true;
    });

    /// <summary>
    /// Goes back, in every partition, to what the group has committed, or where nothing is to where <see cref="ConsumerOptions.OffsetReset"/> says: what was handed out since is handed out again. Records
    /// that are being worked on are not affected.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConsumerOptions.GroupId"/>.</exception>
    public void SeekToCommitted()
    {
        var group = Group;
        _fetcher.Prefetch.SeekAll(StartPosition.Committed);
        group.Place();
    }

    /// <summary>Hands out nothing more of a partition until <see cref="Resume"/>. Its position stays; what was read ahead of it is dropped, and read again from there.</summary>
    /// <param name="partition">One of <see cref="Assignment"/>. Pausing one that is paused changes nothing.</param>
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
    /// <param name="partition">One of <see cref="Assignment"/>. Resuming one that is not paused changes nothing.</param>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Resume(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.IsPaused = false);

    /// <summary>The offset of the next record to be handed out; null while it is being found out.</summary>
    /// <param name="partition">One of <see cref="Assignment"/>.</param>
    /// <returns>
    /// From 0 on. Where the next offsets hold no record for this consumer (marks of transactions, aborted records, what compaction has taken away) it is behind them once they have been read.
    /// </returns>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public long? Position(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.Start is null ? cursor.Position : (long?)null);

    /// <summary>How many offsets lie between the position and the end, as last heard; null before anything was heard.</summary>
    /// <param name="partition">One of <see cref="Assignment"/>.</param>
    /// <returns>
    /// From 0 on, in offsets, which not all hold a record. The end is the high watermark, or with <see cref="IsolationLevel.ReadCommitted"/> the last stable offset, before the first transaction that is open.
    /// </returns>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public long? Lag(TopicPartition partition) => _fetcher.Prefetch.With(partition, static cursor => cursor.Lag);

    /// <summary>Hands out records as they come, without end.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KafkaSerializationException">A record could not be read, and nobody was named to be told. Begun again, the enumeration goes on after it.</exception>
    /// <exception cref="KafkaTimeoutException">A partition could not be read for <see cref="KafkaClientOptions.ApiTimeout"/>. Begun again, the enumeration goes on trying.</exception>
    /// <exception cref="KafkaException">A partition cannot be read; it rests until <see cref="Seek"/>. Begun again, the enumeration goes on with the others.</exception>
    /// <exception cref="KafkaGroupException">The group does not take this consumer, or has put it out.</exception>
    /// <exception cref="InvalidOperationException">Nothing is assigned or subscribed to, or another enumeration of this consumer runs.</exception>
    public RecordStream<TKey, TValue> ConsumeAsync<TKey, TValue>(CancellationToken cancellationToken = default) => new(Seat, cancellationToken);

    /// <summary>Hands out records by the batches that they were written in, as they come, without end. The position moves past a batch when it is handed out.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="ConsumeAsync" path="/exception"/>
    public IAsyncEnumerable<ConsumedBatch<TKey, TValue>> ConsumeBatchesAsync<TKey, TValue>(CancellationToken cancellationToken = default) =>
        new BatchEnumeration<TKey, TValue>(Seat).RunAsync(cancellationToken);

    /// <summary>
    /// Hands out batches as they were received, without end: records are read where they lie, by whoever enumerates the batch, and cost no allocation. The fastest way to read
    /// for whoever needs no objects. The position moves past a batch when it is handed out.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="ConsumeAsync" path="/exception"/>
    public IAsyncEnumerable<RawBatch> ConsumeRawAsync(CancellationToken cancellationToken = default) => new RawEnumeration(Seat).RunAsync(cancellationToken);

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
                await _group.DisposeAsync().ConfigureAwait(false);
            }

            _watch.Dispose();
            await _fetcher.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>From where it is enumerated.</summary>
    internal ReaderSeat Seat { get; }

    /// <summary>What transactions need of it.</summary>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConsumerOptions.GroupId"/>, or it commits by itself.</exception>
    internal TransactionReading ReadForTransactions() => _options.AutoCommit
        ? throw new InvalidOperationException("The offsets of this consumer go with transactions, and it must not commit by itself as well: set ConsumerOptions.AutoCommit to false.")
        : new TransactionReading(Group, _fetcher.Prefetch, this);

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
        if (Seat.IsTaken)
        {
            group.Ask();
        }
    }

    private void BeginEnumeration()
    {
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        if (_group is not { IsSubscribed: true } && Assignment.Count == 0)
        {
            throw new InvalidOperationException("Nothing is assigned or subscribed to, so there is nothing to wait for; call Assign or Subscribe first.");
        }

        _group?.Ask();
    }
}
