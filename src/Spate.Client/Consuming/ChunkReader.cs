using System.Runtime.InteropServices;
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
    private readonly bool _mayWait = serializers.AsyncReaderOf<TKey>() is not null || serializers.AsyncReaderOf<TValue>() is not null;
    private readonly List<HeldRecord> _held = [];
    private readonly ChunkBatches _batches = new(options);

    /// <summary>What the last call of <see cref="ReadBatchAsync"/> found.</summary>
    public List<DecodedRecord<TKey, TValue>> Records { get; } = [];

    /// <summary>The offset after the last batch.</summary>
    public long NextOffset => _batches.NextOffset;

    /// <summary>One of them, where it is: it is large.</summary>
    public ref readonly DecodedRecord<TKey, TValue> At(int index) => ref CollectionsMarshal.AsSpan(Records)[index];

    public void Open(FetchedChunk chunk) => _batches.Open(chunk);

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none. Waits only where a deserialiser may take time.</summary>
    /// <inheritdoc cref="ReadBatch" path="/exception"/>
    public ValueTask<bool> ReadBatchAsync(CancellationToken cancellationToken) => _mayWait ? WaitForBatchAsync(cancellationToken) : new ValueTask<bool>(ReadBatch());

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none. Where a deserialiser may take time, its records are left to that.</summary>
    /// <exception cref="KafkaException">The bytes are corrupt: CORRUPT_MESSAGE.</exception>
    public bool ReadBatch()
    {
        Records.Clear();
        if (!_batches.MoveNext())
        {
            return false;
        }

        Records.EnsureCapacity(_batches.CountAtMost);
        var records = _batches.Records;
        while (records.MoveNext())
        {
            Add(records.Current);
        }

        return true;
    }

    public void Dispose() => _batches.Dispose();

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

        return slow is not null ? await slow.DeserializeAsync(bytes, context, cancellationToken) : quick!.Deserialize(bytes, context);
    }

    private void Add(in RawRecord record)
    {
        IReadOnlyList<RecordHeader> headers = record.Headers.Count == 0 ? [] : record.Headers.ToArray();
        if (_mayWait)
        {
            _held.Add(new HeldRecord(record.Offset, record.Key.ToArray(), record.Value.ToArray(), record.TimestampMs, record.TimestampType, headers, record.LeaderEpoch));
            return;
        }

        var name = _batches.Chunk.Cursor.Name;
        var part = RecordPart.Key;
        try
        {
            var key = record.Key.IsNull ? Absent<TKey>(part) : _keys!.Deserialize(record.Key.Span, new SerializationContext(name.Topic, part));
            part = RecordPart.Value;
            var value = record.Value.IsNull ? Absent<TValue>(part) : _values!.Deserialize(record.Value.Span, new SerializationContext(name.Topic, part));
            Records.Add(new DecodedRecord<TKey, TValue>(
                new ConsumerRecord<TKey, TValue>(name, record.Offset, key, value)
                {
                    TimestampMs = record.TimestampMs,
                    TimestampType = record.TimestampType,
                    Headers = headers,
                    LeaderEpoch = record.LeaderEpoch,
                    Origin = origin,
                },
                null));
        }
        catch (Exception failure)
        {
            AddUnreadable(record.Offset, part, record.Key.ToArray(), record.Value.ToArray(), failure);
        }
    }

    private async ValueTask<bool> WaitForBatchAsync(CancellationToken cancellationToken)
    {
        _held.Clear();
        var isThere = ReadBatch();
        var name = _batches.Chunk.Cursor.Name;
        foreach (var held in _held)
        {
            var part = RecordPart.Key;
            try
            {
                var key = await WaitForAsync(_asyncKeys, _keys, held.Key, new SerializationContext(name.Topic, part), cancellationToken);
                part = RecordPart.Value;
                var value = await WaitForAsync(_asyncValues, _values, held.Value, new SerializationContext(name.Topic, part), cancellationToken);
                Records.Add(new DecodedRecord<TKey, TValue>(
                    new ConsumerRecord<TKey, TValue>(name, held.Offset, key, value)
                    {
                        TimestampMs = held.TimestampMs,
                        TimestampType = held.TimestampType,
                        Headers = held.Headers,
                        LeaderEpoch = held.LeaderEpoch,
                        Origin = origin,
                    },
                    null));
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                AddUnreadable(held.Offset, part, held.Key, held.Value, failure);
            }
        }

        return isThere;
    }

    private void AddUnreadable(long offset, RecordPart part, byte[]? key, byte[]? value, Exception failure)
    {
        var name = _batches.Chunk.Cursor.Name;
        var unreadable = new KafkaSerializationException(
            $"The {part.ToString().ToLowerInvariant()} of the record at {name}, offset {offset}, could not be read: {failure.Message} RawKey and RawValue hold its bytes; reading goes on after it.", failure)
        {
            Partition = name,
            Offset = offset,
            RawKey = key,
            RawValue = value,
        };
        Records.Add(new DecodedRecord<TKey, TValue>(new ConsumerRecord<TKey, TValue>(name, offset, default, default), unreadable));
    }
}
