using Spate.Client.Serialization;
using Spate.Client.Telemetry;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>Turns fetched bytes into records, a batch at a time. Used by one enumeration.</summary>
internal sealed class ChunkReader<TKey, TValue>(Serializers serializers, ConsumerOptions options, ConsumerOrigin? origin = null) : IDisposable
{
    private readonly IAsyncDeserializer<TKey>? _asyncKeys = serializers.AsyncReaderOf<TKey>();
    private readonly IAsyncDeserializer<TValue>? _asyncValues = serializers.AsyncReaderOf<TValue>();
    private readonly IDeserializer<TKey>? _keys = serializers.AsyncReaderOf<TKey>() is null ? serializers.ReaderOf<TKey>() : null;
    private readonly IDeserializer<TValue>? _values = serializers.AsyncReaderOf<TValue>() is null ? serializers.ReaderOf<TValue>() : null;
    private readonly ILendingDeserializer<TKey>? _lentKeys = serializers.LenderOf<TKey>();
    private readonly ILendingDeserializer<TValue>? _lentValues = serializers.LenderOf<TValue>();
    private readonly bool _mayWait = serializers.AsyncReaderOf<TKey>() is not null || serializers.AsyncReaderOf<TValue>() is not null;
    private readonly List<HeldRecord> _held = [];
    private readonly ChunkBatches _batches = new(options);
    private readonly List<(int Index, KafkaSerializationException Error)> _errors = [];
    private RecordList<TKey, TValue>? _lent;

    /// <summary>What the last call of <see cref="ReadBatchAsync"/> found. Of a record that could not be read there is only the offset; see <see cref="ErrorAt"/>.</summary>
    public RecordList<TKey, TValue> Records { get; private set; } = new();

    /// <summary>Whether all of them could be read.</summary>
    public bool IsReadable => _errors.Count == 0;

    /// <summary>The offset after the last batch.</summary>
    public long NextOffset => _batches.NextOffset;

    /// <summary>What takes the bytes apart.</summary>
    public ChunkBatches Batches => _batches;

    /// <summary>Whether a deserialiser may take time.</summary>
    public bool MayWait => _mayWait;

    /// <summary>Whether keys are lent: made of the received bytes themselves.</summary>
    public bool LendsKeys => _lentKeys is not null;

    /// <summary>Whether values are lent.</summary>
    public bool LendsValues => _lentValues is not null;

    /// <summary>Why a record could not be read; null for one that could.</summary>
    public KafkaSerializationException? ErrorAt(int index) => IsReadable ? null : FindError(index);

    /// <summary>Gives the records away: for good, or where all that is in them is lent until the next batch.</summary>
    public RecordList<TKey, TValue> TakeRecords()
    {
        var records = Records;
        _lent = LendsKeys && LendsValues ? records : null;
        Records = new RecordList<TKey, TValue>();
        return records;
    }

    public void Open(FetchedChunk chunk) => _batches.Open(chunk);

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none. Waits only where a deserialiser may take time.</summary>
    /// <inheritdoc cref="ReadBatch" path="/exception"/>
    public ValueTask<bool> ReadBatchAsync(CancellationToken cancellationToken) => _mayWait ? WaitForBatchAsync(cancellationToken) : new ValueTask<bool>(ReadBatch());

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none. Where a deserialiser may take time, its records are left to that.</summary>
    /// <exception cref="KafkaException">The bytes are corrupt: CORRUPT_MESSAGE.</exception>
    public bool ReadBatch()
    {
        Clear();
        if (!_batches.MoveNext())
        {
            return false;
        }

        ReadRecords();
        return true;
    }

    /// <summary>Reads the records of the batch that <see cref="Batches"/> has come to.</summary>
    public ValueTask ReadOpenBatchAsync(CancellationToken cancellationToken)
    {
        Clear();
        _held.Clear();
        ReadRecords();
        return _mayWait ? WaitForHeldAsync(cancellationToken) : default;
    }

    /// <summary>Reads the key and the value of one record of the batch, where no deserialiser may take time.</summary>
    /// <returns>Why they could not be read; null if they could.</returns>
    public KafkaSerializationException? Read(long offset, NullableBytes keyBytes, NullableBytes valueBytes, out TKey? key, out TValue? value)
    {
        (key, value) = (default, default);
        var topic = _batches.Chunk.Cursor.Name.Topic;
        var part = RecordPart.Key;
        try
        {
            key = keyBytes.IsNull ? Absent<TKey>(part)
                : _lentKeys is not null ? _lentKeys.Lend(_batches.Lend(keyBytes.Span))
                : _keys!.Deserialize(keyBytes.Span, new SerializationContext(topic, part));
            part = RecordPart.Value;
            value = valueBytes.IsNull ? Absent<TValue>(part)
                : _lentValues is not null ? _lentValues.Lend(_batches.Lend(valueBytes.Span))
                : _values!.Deserialize(valueBytes.Span, new SerializationContext(topic, part));
            return null;
        }
        catch (Exception failure)
        {
            return Unreadable(offset, part, keyBytes.ToArray(), valueBytes.ToArray(), failure);
        }
    }

    private void Clear()
    {
        TakeBack();
        Records.Clear();
        _errors.Clear();
    }

    private void TakeBack()
    {
        if (_lent is { } lent)
        {
            Records = lent.TakeBack();
            _lent = null;
        }
    }

    private void ReadRecords()
    {
        // A header that lies is found out by whoever goes through the records, and must not cost memory before.
        Records.EnsureRoom(Math.Min(_batches.CountAtMost, _batches.Bytes.Length / RecordBatchLayout.MinimumRecordSize));
        if (LendsKeys && LendsValues && !_batches.IsLegacy)
        {
            LendRecords();
            return;
        }

        var records = _batches.Records;
        while (records.MoveNext())
        {
            Add(records.Current);
        }
    }

    /// <summary>The same where keys and values stay where they were received: no deserialiser has to see them.</summary>
    private void LendRecords()
    {
        var bytes = _batches.Bytes.Span;
        ref readonly var header = ref _batches.Header;
        var (name, first, lent) = (_batches.Chunk.Cursor.Name, _batches.Chunk.Offset, _batches.Lent);
        var walk = new RecordCursor(bytes, _batches.CountAtMost);
        while (walk.MoveNext(bytes))
        {
            var offset = header.BaseOffset + walk.OffsetDelta;
            if (offset < first)
            {
                continue;
            }

            if (walk.ValueLength < 0)
            {
                AddUnreadable(Read(offset, walk.Key(bytes), walk.Value(bytes), out _, out _)!);
                continue;
            }

            Records.Add(new ConsumerRecord<TKey, TValue>(name, offset, Lend(_lentKeys!, lent, walk.KeyStart, walk.KeyLength), Lend(_lentValues!, lent, walk.ValueStart, walk.ValueLength))
            {
                TimestampMs = header.TimestampOf(walk.TimestampDelta),
                TimestampType = header.TimestampType,
                Headers = walk.HeaderCount == 0 ? [] : walk.Headers(bytes).ToArray(),
                LeaderEpoch = header.PartitionLeaderEpoch,
                Origin = origin,
            });
        }

        _batches.Require(walk.Error);
    }

    /// <summary>Lets go of the bytes, which are somebody else's from here on. What was lent of them is taken back.</summary>
    public void Close()
    {
        TakeBack();
        _batches.Close();
    }

    public void Dispose()
    {
        TakeBack();
        _batches.Dispose();
    }

    private static T? Lend<T>(ILendingDeserializer<T> lender, LentBytes bytes, int start, int length) => length < 0 ? default : lender.Lend(bytes.Lend(start, length));

    /// <summary>What stands for a key or a value that a record does not have.</summary>
    private static T? Absent<T>(RecordPart part) => default(T) is null || part == RecordPart.Key
        ? default
        : throw new FormatException($"There is no value, and {typeof(T).Name} has no null.");

    private static async ValueTask<T?> WaitForAsync<T>(
        IAsyncDeserializer<T>? slow, IDeserializer<T>? quick, byte[]? bytes, SerializationContext context, CancellationToken cancellationToken)
    {
        if (bytes is null)
        {
            return Absent<T>(context.Part);
        }

        return slow is not null ? await slow.DeserializeAsync(bytes, context, cancellationToken).ConfigureAwait(false) : quick!.Deserialize(bytes, context);
    }

    private KafkaSerializationException? FindError(int index) => _errors.Find(error => error.Index == index).Error;

    private void Add(in RawRecord record)
    {
        IReadOnlyList<RecordHeader> headers = record.Headers.Count == 0 ? [] : record.Headers.ToArray();
        if (_mayWait)
        {
            _held.Add(new HeldRecord(record.Offset, record.Key.ToArray(), record.Value.ToArray(), record.TimestampMs, record.TimestampType, headers, record.LeaderEpoch));
            return;
        }

        if (Read(record.Offset, record.Key, record.Value, out var key, out var value) is { } error)
        {
            AddUnreadable(error);
            return;
        }

        Records.Add(new ConsumerRecord<TKey, TValue>(_batches.Chunk.Cursor.Name, record.Offset, key, value)
        {
            TimestampMs = record.TimestampMs,
            TimestampType = record.TimestampType,
            Headers = headers,
            LeaderEpoch = record.LeaderEpoch,
            Origin = origin,
        });
    }

    private async ValueTask<bool> WaitForBatchAsync(CancellationToken cancellationToken)
    {
        _held.Clear();
        var isThere = ReadBatch();
        await WaitForHeldAsync(cancellationToken).ConfigureAwait(false);
        return isThere;
    }

    private async ValueTask WaitForHeldAsync(CancellationToken cancellationToken)
    {
        var name = _batches.Chunk.Cursor.Name;
        foreach (var held in _held)
        {
            var part = RecordPart.Key;
            try
            {
                var key = await WaitForAsync(_asyncKeys, _keys, held.Key, new SerializationContext(name.Topic, part), cancellationToken).ConfigureAwait(false);
                part = RecordPart.Value;
                var value = await WaitForAsync(_asyncValues, _values, held.Value, new SerializationContext(name.Topic, part), cancellationToken).ConfigureAwait(false);
                Records.Add(new ConsumerRecord<TKey, TValue>(name, held.Offset, key, value)
                {
                    TimestampMs = held.TimestampMs,
                    TimestampType = held.TimestampType,
                    Headers = held.Headers,
                    LeaderEpoch = held.LeaderEpoch,
                    Origin = origin,
                });
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                AddUnreadable(Unreadable(held.Offset, part, held.Key, held.Value, failure));
            }
        }
    }

    private KafkaSerializationException Unreadable(long offset, RecordPart part, byte[]? key, byte[]? value, Exception failure)
    {
        var name = _batches.Chunk.Cursor.Name;
        return new KafkaSerializationException(
            $"The {part.ToString().ToLowerInvariant()} of the record at {name}, offset {offset}, could not be read: {failure.Message} RawKey and RawValue hold its bytes; reading goes on after it.", failure)
        {
            Partition = name,
            Offset = offset,
            RawKey = key,
            RawValue = value,
        };
    }

    private void AddUnreadable(KafkaSerializationException error)
    {
        _errors.Add((Records.Count, error));
        Records.Add(new ConsumerRecord<TKey, TValue>(_batches.Chunk.Cursor.Name, error.Offset!.Value, default, default));
    }
}
