using System.Runtime.CompilerServices;
using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Reads partitions that the caller names, each from where the caller says, and reads ahead while records are worked on. Records of a partition come in the order
/// of their offsets. The position moves past a record when it is handed out. One enumeration at a time; everything else is safe for use by several threads at once.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ConsumerOptions _options;
    private readonly Fetcher _fetcher;
    private readonly ConsumerWatch _watch;
    private int _isEnumerated;
    private int _isDisposed;

    internal Consumer(Cluster cluster, ConsumerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _fetcher = new Fetcher(cluster, options);
        _watch = new ConsumerWatch(cluster, _fetcher.Prefetch, group: null);
    }

    /// <summary>The partitions that are read.</summary>
    public IReadOnlyList<TopicPartition> Assignment => _fetcher.Prefetch.Assignment();

    /// <summary>
    /// Reads these partitions from here on, and no others. Those that were read before go on where they are, unless a start is given.
    /// </summary>
    /// <param name="partitions">The partitions; none stops reading.</param>
    /// <param name="start">Where to begin; null for what <see cref="ConsumerOptions.OffsetReset"/> says.</param>
    /// <exception cref="ArgumentException">A topic's name is empty or a partition is negative.</exception>
    public void Assign(IReadOnlyCollection<TopicPartition> partitions, StartPosition? start = null)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        foreach (var partition in partitions)
        {
            ArgumentException.ThrowIfNullOrEmpty(partition.Topic, nameof(partitions));
            ArgumentOutOfRangeException.ThrowIfNegative(partition.Partition, nameof(partitions));
        }

        _fetcher.Prefetch.Assign([.. partitions.Distinct()], start);
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
            cursor.MoveTo(cursor.Position);
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
                chunk = await _watch.PollAsync(_fetcher, cancellationToken);
                reader.Open(chunk);
                var isWanted = true;
                while (isWanted && reader.ReadBatch())
                {
                    _watch.Delivers(chunk.Cursor.Name, reader.Records.Count);
                    for (var index = 0; isWanted && index < reader.Records.Count; index++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        var decoded = reader.Records[index];
                        isWanted = _fetcher.Prefetch.Advance(chunk, decoded.Record.Offset + 1);
                        if (isWanted && decoded.Error is { } error)
                        {
                            await TellAsync(error, cancellationToken);
                        }
                        else if (isWanted)
                        {
                            yield return decoded.Record;
                        }
                    }

                    isWanted = isWanted && _fetcher.Prefetch.Advance(chunk, reader.NextOffset);
                }

                _fetcher.Prefetch.Release(chunk, isWhole: true);
                chunk = null;
            }
        }
        finally
        {
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
                chunk = await _watch.PollAsync(_fetcher, cancellationToken);
                reader.Open(chunk);
                var isWanted = true;
                while (isWanted && reader.ReadBatch())
                {
                    _watch.Delivers(chunk.Cursor.Name, reader.Records.Count);
                    cancellationToken.ThrowIfCancellationRequested();
                    var records = new List<ConsumerRecord<TKey, TValue>>(reader.Records.Count);
                    foreach (var decoded in reader.Records)
                    {
                        if (decoded.Error is not { } error)
                        {
                            records.Add(decoded.Record);
                        }
                        else if (_options.OnUnreadable is not null || records.Count == 0)
                        {
                            isWanted = _fetcher.Prefetch.Advance(chunk, decoded.Record.Offset + 1);
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
                    var next = isCut && records.Count > 0 ? records[^1].Offset + 1 : reader.NextOffset;
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
                        break;
                    }
                }

                _fetcher.Prefetch.Release(chunk, isWhole: isWanted);
                chunk = null;
            }
        }
        finally
        {
            Leave(chunk);
        }
    }

    /// <summary>Stops reading, and closes the connections that were only for this. An enumeration under way ends with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _watch.Dispose();
            await _fetcher.DisposeAsync();
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        if (Interlocked.Exchange(ref _isEnumerated, 1) == 1)
        {
            throw new InvalidOperationException("This consumer is being enumerated already; enumerate it once at a time, or make another consumer.");
        }
    }

    private void Leave(FetchedChunk? chunk)
    {
        if (chunk is not null)
        {
            _fetcher.Prefetch.Release(chunk, isWhole: false);
        }

        Volatile.Write(ref _isEnumerated, 0);
    }

    private ValueTask TellAsync(KafkaSerializationException error, CancellationToken cancellationToken) =>
        _options.OnUnreadable is { } told ? told(error, cancellationToken) : throw error;
}
