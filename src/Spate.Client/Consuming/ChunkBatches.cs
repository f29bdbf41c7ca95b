using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>
/// Takes fetched bytes apart into batches: checks and decompresses them, and leaves out control records, aborted transactions and what lies before the offset
/// that was asked for. The records of the batch that was read last are where they were received, or decompressed. Used by one enumeration.
/// </summary>
internal sealed class ChunkBatches(ConsumerOptions options) : IDisposable
{
    private readonly PooledBuffer _scratch = new();
    private readonly HashSet<long> _abortedProducers = [];
    private readonly List<FetchResponse.AbortedTransaction> _aborted = [];
    private FetchedChunk? _chunk;
    private ReadOnlyMemory<byte> _records;
    private LentBytes? _lent;
    private RecordBatchHeader _header;
    private bool _isLegacy;
    private int _position;
    private int _nextAborted;

    /// <summary>What is being read.</summary>
    public FetchedChunk Chunk => _chunk ?? throw new ObjectDisposedException(nameof(RawBatch), "The enumeration that this batch belongs to has ended or gone on.");

    /// <summary>The offset after the last batch.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Whether nothing of the last batch is handed out.</summary>
    public bool IsEmpty => _records.IsEmpty;

    /// <summary>Records in the last batch, those included that lie before the offset that was asked for. 0 for the older formats, which do not say.</summary>
    public int CountAtMost => _isLegacy || IsEmpty ? 0 : _header.RecordCount;

    /// <summary>Whether the last batch is of an older format, which only its messages themselves know.</summary>
    public bool IsLegacy => _isLegacy;

    /// <summary>The header of the last batch, unless that is of an older format.</summary>
    public ref readonly RecordBatchHeader Header => ref _header;

    /// <summary>The records of the last batch where they are, uncompressed.</summary>
    public ReadOnlyMemory<byte> Bytes => _records;

    /// <summary>The bytes of the last batch, to be lent for as long as that is the last.</summary>
    public LentBytes Lent => _lent ??= new LentBytes(_records);

    /// <summary>The records of the last batch.</summary>
    public RawRecordEnumerator Records => _isLegacy
        ? new RawRecordEnumerator(this, new LegacyMessageEnumerator(_records.Span, options.BatchBytesMax, _scratch), Chunk.Offset)
        : new RawRecordEnumerator(this, _header, new RecordEnumerator(_records.Span, CountAtMost), Chunk.Offset);

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
    public bool MoveNext()
    {
        Forget();
        _isLegacy = false;
        var rest = Chunk.Bytes[_position..];
        if (rest.IsEmpty)
        {
            return false;
        }

        var error = RecordBatchEnumerator.Measure(rest.Span, out var size);
        if (error == RecordError.Incomplete)
        {
            // A broker cuts the last batch where its bound is reached; what is missing comes with the next fetch.
            return false;
        }

        if (error == RecordError.None)
        {
            _position += size;
            error = rest.Span[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic ? OpenCurrent(rest[..size]) : OpenLegacy(rest[..size]);
        }

        Require(error);
        return true;
    }

    /// <summary>
    /// Lends the key or value of a record of the last batch for as long as that is the last. Of the older formats, whose messages do not all lie in one place, it is a copy.
    /// </summary>
    public ReadOnlyMemory<byte> Lend(ReadOnlySpan<byte> part)
    {
        if (_isLegacy)
        {
            return part.ToArray();
        }

        var start = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(_records.Span), ref MemoryMarshal.GetReference(part));
        return Lent.Lend((int)start, part.Length);
    }

    /// <exception cref="KafkaException">There is an error: CORRUPT_MESSAGE.</exception>
    public void Require(RecordError error)
    {
        if (error != RecordError.None)
        {
            throw Corrupt(error);
        }
    }

    /// <summary>Lets go of the bytes, which are somebody else's from here on.</summary>
    public void Close()
    {
        _chunk = null;
        Forget();
    }

    public void Dispose()
    {
        Close();
        _scratch.Dispose();
    }

    private void Forget()
    {
        _lent?.TakeBack();
        _lent = null;
        _records = default;
    }

    private RecordError OpenCurrent(ReadOnlyMemory<byte> batch)
    {
        var error = RecordBatchHeader.Validate(batch.Span, out _header);
        if (error != RecordError.None)
        {
            return error;
        }

        NextOffset = _header.NextOffset;
        Chunk.LeaderEpoch = _header.PartitionLeaderEpoch;
        if (IsLeftOut(batch.Span))
        {
            return RecordError.None;
        }

        error = RecordBatch.Open(batch.Span, _header, options.BatchBytesMax, _scratch, out _);
        _records = _header.Codec == CompressionCodec.None ? batch[RecordBatchLayout.Records.._header.BatchSize] : _scratch.Memory;
        return error;
    }

    /// <summary>Finds out where the messages end, which only they themselves say.</summary>
    private RecordError OpenLegacy(ReadOnlyMemory<byte> entry)
    {
        _isLegacy = true;
        _records = entry;
        Chunk.LeaderEpoch = -1;
        var messages = new LegacyMessageEnumerator(entry.Span, options.BatchBytesMax, _scratch);
        while (messages.MoveNext())
        {
            NextOffset = messages.Current.Offset + 1;
        }

        return messages.Error;
    }

    /// <summary>Whether nothing of a batch is handed out: it marks the end of a transaction, or belongs to one that was aborted.</summary>
    private bool IsLeftOut(ReadOnlySpan<byte> batch)
    {
        if (options.IsolationLevel == IsolationLevel.ReadUncommitted)
        {
            return _header.IsControl;
        }

        for (; _nextAborted < _aborted.Count && _aborted[_nextAborted].FirstOffset <= _header.LastOffset; _nextAborted++)
        {
            _abortedProducers.Add(_aborted[_nextAborted].ProducerId);
        }

        if (!_header.IsControl)
        {
            return _header.IsTransactional && _abortedProducers.Contains(_header.ProducerId);
        }

        if (ControlBatch.ReadFirst(batch, _header, out var key, out _) == RecordError.None && key.Type == ControlRecordType.Abort)
        {
            _abortedProducers.Remove(_header.ProducerId);
        }

        return true;
    }

    private KafkaException Corrupt(RecordError error) => new(
        ErrorCode.CorruptMessage,
        $"The batch of {Chunk.Cursor.Name} at offset {NextOffset} or after it is corrupt ({error}). Seek beyond it to go on, and check the broker's disk and the network.")
    {
        Partition = Chunk.Cursor.Name,
    };
}
