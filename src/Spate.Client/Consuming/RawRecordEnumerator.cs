using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>Goes through the records of one batch.</summary>
public ref struct RawRecordEnumerator
{
    private readonly ChunkBatches _batches;
    private readonly long _first;
    private readonly bool _isLegacy;
    private readonly RecordBatchHeader _header;
    private RecordEnumerator _records;
    private LegacyMessageEnumerator _messages;

    internal RawRecordEnumerator(ChunkBatches batches, in RecordBatchHeader header, RecordEnumerator records, long first)
    {
        _batches = batches;
        _header = header;
        _records = records;
        _first = first;
    }

    internal RawRecordEnumerator(ChunkBatches batches, LegacyMessageEnumerator messages, long first)
    {
        _batches = batches;
        _messages = messages;
        _first = first;
        _isLegacy = true;
    }

    /// <summary>The record.</summary>
    public readonly RawRecord Current => _isLegacy ? CurrentMessage() : CurrentRecord();

    /// <summary>Goes to the next record, or returns false when there is none.</summary>
    /// <exception cref="KafkaException">The batch is corrupt: CORRUPT_MESSAGE.</exception>
    public bool MoveNext() => _isLegacy ? MoveToMessage() : MoveToRecord();

    private bool MoveToRecord()
    {
        while (_records.MoveNext())
        {
            if (_header.BaseOffset + _records.OffsetDelta >= _first)
            {
                return true;
            }
        }

        _batches.Require(_records.Error);
        return false;
    }

    private bool MoveToMessage()
    {
        while (_messages.MoveNext())
        {
            if (_messages.Current.Offset >= _first)
            {
                return true;
            }
        }

        _batches.Require(_messages.Error);
        return false;
    }

    private readonly RawRecord CurrentRecord()
    {
        var record = _records.Current;
        return new RawRecord
        {
            Offset = _header.BaseOffset + record.OffsetDelta,
            TimestampMs = _header.TimestampOf(record.TimestampDelta),
            TimestampType = _header.TimestampType,
            LeaderEpoch = _header.PartitionLeaderEpoch,
            Key = record.Key,
            Value = record.Value,
            Headers = record.Headers,
        };
    }

    private readonly RawRecord CurrentMessage()
    {
        var message = _messages.Current;
        return new RawRecord
        {
            Offset = message.Offset,
            TimestampMs = message.Timestamp,
            TimestampType = message.TimestampType,
            LeaderEpoch = -1,
            Key = message.Key,
            Value = message.Value,
        };
    }
}
