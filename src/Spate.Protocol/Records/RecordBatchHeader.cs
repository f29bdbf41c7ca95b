using System.Buffers.Binary;
using Spate.Protocol.Checksums;
using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>The 61 bytes before the records of a batch of magic 2.</summary>
public readonly struct RecordBatchHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = RecordBatchLayout.Records;

    /// <summary>Offset of the batch's first record as it was produced, also when compaction dropped that record.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Bytes after the length field: the batch's size less <see cref="RecordBatchLayout.LogOverhead"/>.</summary>
    public int BatchLength { get; init; }

    /// <summary>Epoch of the leader that appended the batch; -1 while it is under way from a producer.</summary>
    public int PartitionLeaderEpoch { get; init; }

    public uint Crc { get; init; }

    public RecordBatchAttributes Attributes { get; init; }

    public int LastOffsetDelta { get; init; }

    /// <summary>Milliseconds since 1970 that the records' timestamps count from; the delete horizon when the attributes say so.</summary>
    public long BaseTimestamp { get; init; }

    /// <summary>Milliseconds since 1970: the greatest of the records' timestamps, or the time of the append.</summary>
    public long MaxTimestamp { get; init; }

    /// <summary>-1 without idempotence.</summary>
    public long ProducerId { get; init; }

    /// <summary>-1 without idempotence.</summary>
    public short ProducerEpoch { get; init; }

    /// <summary>Sequence number of the first record as produced; -1 without idempotence and for control batches.</summary>
    public int BaseSequence { get; init; }

    public int RecordCount { get; init; }

    public CompressionCodec Codec => Attributes.Codec;

    public TimestampType TimestampType => Attributes.TimestampType;

    public bool IsTransactional => Attributes.IsTransactional;

    public bool IsControl => Attributes.IsControl;

    public bool HasProducerId => ProducerId >= 0;

    /// <summary>Bytes of the whole batch.</summary>
    public int BatchSize => BatchLength + RecordBatchLayout.LogOverhead;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset after the batch.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>Sequence number of the last record, which wraps to 0 after the greatest int32; -1 without one.</summary>
    public int LastSequence => BaseSequence < 0 ? -1 : AddToSequence(BaseSequence, LastOffsetDelta);

    /// <summary>The time from which tombstones and the marker of this batch may be dropped, or null when the cleaner set none.</summary>
    public long? DeleteHorizon => Attributes.HasDeleteHorizon ? BaseTimestamp : null;

    /// <summary>Moves a sequence number on; after the greatest int32 comes 0.</summary>
    public static int AddToSequence(int sequence, int increment) => (int)(((long)sequence + increment) & int.MaxValue);

    /// <summary>Milliseconds since 1970 of a record of this batch.</summary>
    public long TimestampOf(long timestampDelta) =>
        TimestampType == TimestampType.LogAppendTime ? MaxTimestamp : BaseTimestamp + timestampDelta;

    /// <summary>Reads the fields without judging them; false when there are fewer than 61 bytes or the magic is not 2.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RecordBatchHeader header)
    {
        if (source.Length < Size || source[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader
        {
            BaseOffset = BinaryPrimitives.ReadInt64BigEndian(source[RecordBatchLayout.BaseOffset..]),
            BatchLength = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.BatchLength..]),
            PartitionLeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.PartitionLeaderEpoch..]),
            Crc = BinaryPrimitives.ReadUInt32BigEndian(source[RecordBatchLayout.Crc..]),
            Attributes = new RecordBatchAttributes(BinaryPrimitives.ReadInt16BigEndian(source[RecordBatchLayout.Attributes..])),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.LastOffsetDelta..]),
            BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(source[RecordBatchLayout.BaseTimestamp..]),
            MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(source[RecordBatchLayout.MaxTimestamp..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(source[RecordBatchLayout.ProducerId..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(source[RecordBatchLayout.ProducerEpoch..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.BaseSequence..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.RecordCount..]),
        };
        return true;
    }

    /// <summary>
    /// Reads the header at the front of <paramref name="source"/> and checks what it says against the bytes: the size, the checksum,
    /// the codec and the counts. The records themselves are not looked at.
    /// </summary>
    /// <param name="source">Starts with the batch; may hold more after it.</param>
    /// <param name="header">The fields, also when the checks fail after they could be read.</param>
    public static RecordError Validate(ReadOnlySpan<byte> source, out RecordBatchHeader header)
    {
        header = default;
        if (source.Length <= RecordBatchLayout.Magic)
        {
            return RecordError.Incomplete;
        }

        if (source[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return RecordError.UnsupportedMagic;
        }

        if (BinaryPrimitives.ReadInt32BigEndian(source[RecordBatchLayout.BatchLength..])
            is < Size - RecordBatchLayout.LogOverhead or > int.MaxValue - RecordBatchLayout.LogOverhead)
        {
            return RecordError.InvalidBatchLength;
        }

        if (!TryRead(source, out header) || source.Length < header.BatchSize)
        {
            return RecordError.Incomplete;
        }

        if (Crc32C.Compute(source[RecordBatchLayout.Attributes..header.BatchSize]) != header.Crc)
        {
            return RecordError.CrcMismatch;
        }

        if (!header.Attributes.HasKnownCodec)
        {
            return RecordError.InvalidCompression;
        }

        return header.HasPossibleCounts() ? RecordError.None : RecordError.InvalidRecordCount;
    }

    /// <summary>Writes all fields, the given <see cref="Crc"/> among them, to the first 61 bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination[RecordBatchLayout.BaseOffset..], BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordBatchLayout.BatchLength..], BatchLength);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordBatchLayout.PartitionLeaderEpoch..], PartitionLeaderEpoch);
        destination[RecordBatchLayout.Magic] = RecordBatchLayout.CurrentMagic;
        BinaryPrimitives.WriteUInt32BigEndian(destination[RecordBatchLayout.Crc..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(destination[RecordBatchLayout.Attributes..], Attributes.Value);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordBatchLayout.LastOffsetDelta..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(destination[RecordBatchLayout.BaseTimestamp..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[RecordBatchLayout.MaxTimestamp..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[RecordBatchLayout.ProducerId..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(destination[RecordBatchLayout.ProducerEpoch..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordBatchLayout.BaseSequence..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordBatchLayout.RecordCount..], RecordCount);
    }

    // Compaction leaves fewer records than the delta says, never more; and a record has at least seven bytes once decompressed.
    private bool HasPossibleCounts() =>
        RecordCount >= 0
        && LastOffsetDelta >= 0
        && RecordCount - 1 <= LastOffsetDelta
        && BaseOffset <= long.MaxValue - LastOffsetDelta - 1
        && (Codec != CompressionCodec.None || RecordCount <= (BatchSize - Size) / RecordBatchLayout.MinimumRecordSize);
}
