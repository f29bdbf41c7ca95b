using Spate.Client.Serialization;
using Spate.Client.Telemetry;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>
/// Turns fetched bytes into records, a batch at a time: checks and decompresses it, leaves out control records, aborted transactions and what lies before
/// the offset that was asked for. Used by one enumeration.
/// </summary>
internal sealed class ChunkReader<TKey, TValue>(Serializers serializers, ConsumerOptions options, ConsumerOrigin? origin = null) : IDisposable
{
    private readonly IDeserializer<TKey> _keys = serializers.ReaderOf<TKey>();
    private readonly IDeserializer<TValue> _values = serializers.ReaderOf<TValue>();
    private readonly PooledBuffer _scratch = new();
    private readonly HashSet<long> _abortedProducers = [];
    private readonly List<FetchResponse.AbortedTransaction> _aborted = [];
    private FetchedChunk? _chunk;
    private int _position;
    private int _nextAborted;

    /// <summary>What the last call of <see cref="ReadBatch"/> found.</summary>
    public List<DecodedRecord<TKey, TValue>> Records { get; } = [];

    /// <summary>The offset after the last batch.</summary>
    public long NextOffset { get; private set; }

    public void Open(FetchedChunk chunk)
    {
        _chunk = chunk;
        _position = 0;
        _nextAborted = 0;
        NextOffset = chunk.Offset;
        _abortedProducers.Clear();
        _aborted.Clear();
        _aborted.AddRange(chunk.Aborted);
        _aborted.Sort(static (left, right) => left.FirstOffset.CompareTo(right.FirstOffset));
    }

    /// <summary>Reads the next batch, in which there may be nothing to hand out; false when there is none.</summary>
    /// <exception cref="KafkaException">The bytes are corrupt: CORRUPT_MESSAGE.</exception>
    public bool ReadBatch()
    {
        Records.Clear();
        var rest = _chunk!.Bytes.Span[_position..];
        if (rest.IsEmpty)
        {
            return false;
        }

        var error = RecordBatchEnumerator.Measure(rest, out var size);
        if (error == RecordError.Incomplete)
        {
            // A broker cuts the last batch where its bound is reached; what is missing comes with the next fetch.
            return false;
        }

        if (error == RecordError.None)
        {
            _position += size;
            error = rest[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic ? ReadCurrent(rest[..size]) : ReadLegacy(rest[..size]);
        }

        return error == RecordError.None ? true : throw Corrupt(error);
    }

    public void Dispose() => _scratch.Dispose();

    private RecordError ReadCurrent(ReadOnlySpan<byte> batch)
    {
        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None)
        {
            return error;
        }

        NextOffset = header.NextOffset;
        if (IsLeftOut(batch, header))
        {
            return RecordError.None;
        }

        error = RecordBatch.Open(batch, header, options.BatchBytesMax, _scratch, out var bytes);
        if (error != RecordError.None)
        {
            return error;
        }

        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext())
        {
            var offset = header.BaseOffset + records.OffsetDelta;
            if (offset >= _chunk!.Offset)
            {
                var record = records.Current;
                var headers = record.Headers.Count == 0 ? [] : record.Headers.ToArray();
                Add(offset, record.Key, record.Value, header.TimestampOf(record.TimestampDelta), header.TimestampType, headers, header.PartitionLeaderEpoch);
            }
        }

        return records.Error;
    }

    private RecordError ReadLegacy(ReadOnlySpan<byte> entry)
    {
        var messages = new LegacyMessageEnumerator(entry, options.BatchBytesMax, _scratch);
        while (messages.MoveNext())
        {
            var message = messages.Current;
            NextOffset = message.Offset + 1;
            if (message.Offset >= _chunk!.Offset)
            {
                Add(message.Offset, message.Key, message.Value, message.Timestamp, message.TimestampType, [], leaderEpoch: -1);
            }
        }

        return messages.Error;
    }

    /// <summary>Whether nothing of a batch is handed out: it marks the end of a transaction, or belongs to one that was aborted.</summary>
    private bool IsLeftOut(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        if (options.IsolationLevel == IsolationLevel.ReadUncommitted)
        {
            return header.IsControl;
        }

        for (; _nextAborted < _aborted.Count && _aborted[_nextAborted].FirstOffset <= header.LastOffset; _nextAborted++)
        {
            _abortedProducers.Add(_aborted[_nextAborted].ProducerId);
        }

        if (!header.IsControl)
        {
            return header.IsTransactional && _abortedProducers.Contains(header.ProducerId);
        }

        if (ControlBatch.ReadFirst(batch, header, out var key, out _) == RecordError.None && key.Type == ControlRecordType.Abort)
        {
            _abortedProducers.Remove(header.ProducerId);
        }

        return true;
    }

    private void Add(
        long offset, NullableBytes key, NullableBytes value, long timestamp, TimestampType timestampType, IReadOnlyList<RecordHeader> headers, int leaderEpoch)
    {
        var name = _chunk!.Cursor.Name;
        var part = RecordPart.Key;
        try
        {
            var readKey = Read(_keys, key, new SerializationContext(name.Topic, part));
            part = RecordPart.Value;
            var readValue = Read(_values, value, new SerializationContext(name.Topic, part));
            Records.Add(new DecodedRecord<TKey, TValue>(
                new ConsumerRecord<TKey, TValue>(name, offset, readKey, readValue)
                {
                    TimestampMs = timestamp,
                    TimestampType = timestampType,
                    Headers = headers,
                    LeaderEpoch = leaderEpoch,
                    Origin = origin,
                },
                null));
        }
        catch (Exception failure)
        {
            var unreadable = new KafkaSerializationException(
                $"The {part.ToString().ToLowerInvariant()} of the record at {name}, offset {offset}, could not be read: {failure.Message} RawKey and RawValue hold its bytes; reading goes on after it.", failure)
            {
                Partition = name,
                Offset = offset,
                RawKey = key.ToArray(),
                RawValue = value.ToArray(),
            };
            Records.Add(new DecodedRecord<TKey, TValue>(new ConsumerRecord<TKey, TValue>(name, offset, default, default), unreadable));
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

    private KafkaException Corrupt(RecordError error) => new(
        ErrorCode.CorruptMessage,
        $"The batch of {_chunk!.Cursor.Name} at offset {NextOffset} or after it is corrupt ({error}). Seek beyond it to go on, and check the broker's disk and the network.")
    {
        Partition = _chunk.Cursor.Name,
    };
}
