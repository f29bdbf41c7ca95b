using System.Runtime.InteropServices;
using Spate.Client.Serialization;
using Spate.Client.Telemetry;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>Turns fetched bytes into records, a batch at a time. Used by one enumeration.</summary>
internal sealed class ChunkReader<TKey, TValue>(Serializers serializers, ConsumerOptions options, ConsumerOrigin? origin = null) : IDisposable
{
    private readonly IDeserializer<TKey> _keys = serializers.ReaderOf<TKey>();
    private readonly IDeserializer<TValue> _values = serializers.ReaderOf<TValue>();
    private readonly ChunkBatches _batches = new(options);

    /// <summary>What the last call of <see cref="ReadBatch"/> found.</summary>
    public List<DecodedRecord<TKey, TValue>> Records { get; } = [];

    /// <summary>The offset after the last batch.</summary>
    public long NextOffset => _batches.NextOffset;

    /// <summary>One of them, where it is: it is large.</summary>
    public ref readonly DecodedRecord<TKey, TValue> At(int index) => ref CollectionsMarshal.AsSpan(Records)[index];

    public void Open(FetchedChunk chunk) => _batches.Open(chunk);

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none.</summary>
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

    private void Add(in RawRecord record)
    {
        var name = _batches.Chunk.Cursor.Name;
        var part = RecordPart.Key;
        try
        {
            var key = Read(_keys, record.Key, new SerializationContext(name.Topic, part));
            part = RecordPart.Value;
            var value = Read(_values, record.Value, new SerializationContext(name.Topic, part));
            Records.Add(new DecodedRecord<TKey, TValue>(
                new ConsumerRecord<TKey, TValue>(name, record.Offset, key, value)
                {
                    TimestampMs = record.TimestampMs,
                    TimestampType = record.TimestampType,
                    Headers = record.Headers.Count == 0 ? [] : record.Headers.ToArray(),
                    LeaderEpoch = record.LeaderEpoch,
                    Origin = origin,
                },
                null));
        }
        catch (Exception failure)
        {
            var unreadable = new KafkaSerializationException(
                $"The {part.ToString().ToLowerInvariant()} of the record at {name}, offset {record.Offset}, could not be read: {failure.Message} RawKey and RawValue hold its bytes; reading goes on after it.", failure)
            {
                Partition = name,
                Offset = record.Offset,
                RawKey = record.Key.ToArray(),
                RawValue = record.Value.ToArray(),
            };
            Records.Add(new DecodedRecord<TKey, TValue>(new ConsumerRecord<TKey, TValue>(name, record.Offset, default, default), unreadable));
        }
    }

    private static T? Read<T>(IDeserializer<T> reader, NullableBytes bytes, SerializationContext context)
    {
        if (!bytes.IsNull)
        {
            return reader.Deserialize(bytes.Span, context);
        }

        return default(T) is null || context.Part == RecordPart.Key
            ? default
            : throw new FormatException($"There is no value, and {typeof(T).Name} has no null.");
    }
}
